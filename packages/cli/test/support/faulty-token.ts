/** A token with a device's key, behind a module whose counter of wrong PINs can be set, and which writes down each login. */
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createCertificateRequest, generateKeyPair, importCertificate } from '@brs/pkcs11';
import type { LocalAwsWithCredentialProvider } from '@brs/testkit';
import { debianProgram } from '@brs-tests/support/debian';
import { pin, startSoftHsm } from '@brs-tests/support/soft-hsm';

/** Flags of the standard, CKF_USER_PIN_…. */
const pinFlags = { 'final try': 0x20000, locked: 0x40000 } as const;

/** A token in a module that fails on request. */
interface FaultyToken extends AsyncDisposable {
  readonly module: string;
  /** Makes an environment in which the token `gate` says so of its PIN, and a log of its logins alone. */
  environment(state?: keyof typeof pinFlags): Promise<{ env: NodeJS.ProcessEnv; logins(): Promise<number> }>;
}

/** `undefined` where the programs cannot be had, outside of CI. */
export async function startFaultyToken(aws: LocalAwsWithCredentialProvider): Promise<FaultyToken | undefined> {
  const compiler = await debianProgram('cc', 'gcc');
  const hsm = compiler === undefined ? undefined : await startSoftHsm('gate');
  if (compiler === undefined || !hsm) return undefined;
  const { directory } = hsm;
  const module = join(directory, 'fault-module.so');
  const ofPkcs11 = createRequire(import.meta.resolve('@brs/pkcs11'));
  const headers = join(dirname(ofPkcs11.resolve('pkcs11js')), 'includes', 'pkcs11');
  const source = fileURLToPath(new URL('../../../pkcs11/test/support/fault-module.c', import.meta.url));
  await promisify(execFile)(compiler, ['-shared', '-fPIC', `-I${headers}`, '-o', module, source, '-ldl']);
  const where = { module: hsm.module, token: 'gate', pin };
  await generateKeyPair({ ...where, type: 'ec-p256', label: 'device' });
  const request = await createCertificateRequest({ ...where, key: 'device', subject: 'CN=gate' });
  const { certificate } = await aws.credentialProvider.signCertificate(request, { thingName: 'gate' });
  await importCertificate({ ...where, key: 'device', certificate });
  let made = 0;
  return {
    module,
    async environment(state) {
      made += 1;
      const [faults, log] = [join(directory, `faults-${made}`), join(directory, `log-${made}`)];
      await writeFile(faults, state ? `flags ${pinFlags[state]}\n` : '');
      await writeFile(log, '');
      return {
        env: {
          SOFTHSM2_CONF: process.env.SOFTHSM2_CONF,
          FAULT_MODULE_TARGET: hsm.module,
          FAULT_MODULE_FILE: faults,
          FAULT_MODULE_LOG: log,
        },
        // With CKR_USER_ALREADY_LOGGED_IN, which the CRT gets, no PIN was looked at.
        logins: async () => (await readFile(log, 'utf8')).match(/^C_Login (?!0x100$)/gm)?.length ?? 0,
      };
    },
    [Symbol.asyncDispose]: () => hsm[Symbol.asyncDispose](),
  };
}
