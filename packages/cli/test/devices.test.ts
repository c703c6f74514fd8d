/** `iot-x509` by the command line: every option from every place, errors that say where it stands, keys in files and in a token. */
import { createPrivateKey } from 'node:crypto';
import { cp, mkdir, readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openssl } from '@brs-tests/support/openssl';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { brs, type Ended, runBrs } from './support/brs.js';
import { type DeviceHome, startDevice } from './support/device.js';
import { onTerminal } from './support/terminal.js';

const passphrase = 'horse-battery';

let device: DeviceHome;
beforeAll(async () => {
  device = await startDevice();
  const key = createPrivateKey(await readFile(join(device.home, 'key.pem')));
  await device.write(
    'locked.pem',
    key.export({ format: 'pem', type: 'pkcs8', cipher: 'aes-256-cbc', passphrase }) as string,
  );
  await device.write('passphrase', `${passphrase}\n`);
  const [store, cert, plain] = ['device.p12', 'cert.pem', 'key.pem'].map((name) => join(device.home, name));
  await openssl('pkcs12', '-export', '-in', cert!, '-inkey', plain!, '-out', store!, '-passout', `pass:${passphrase}`);
});
afterAll(async () => {
  await device.aws.close();
});

const run = (args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> =>
  runBrs(args, { env: { ...device.env, ...env }, cwd: device.home });
const isDevice = { code: 0, stderr: '', stdout: expect.stringContaining(':assumed-role/device/') as string };

const files = { certificate: 'cert.pem', privateKey: 'key.pem' };
const locked = { certificate: 'cert.pem', privateKey: 'locked.pem' };
const asProfile = (options: object): object => ({
  method: 'iot-x509',
  region: 'us-east-1',
  ...device.provider,
  ...options,
});
const asJson = (options: object): string => JSON.stringify({ profiles: { device: asProfile(options) } }, null, 1);

/** As lines of a section, by dotted names. */
function asSection(options: object, path: string[] = []): string {
  return Object.entries(options)
    .map(([name, value]) => {
      const here = [...path, name];
      return typeof value === 'object' && !Array.isArray(value)
        ? asSection(value as object, here)
        : `${here.join('.')} = ${typeof value === 'string' ? value : JSON.stringify(value)}\n`;
    })
    .join('');
}

describe('a device of files', () => {
  it('is written down in JSON, YAML, TypeScript or a section, with every option', async () => {
    const whole = { thingName: 'lamp', durationSeconds: 900, timeoutMs: 20_000, minTlsVersion: 'TLSv1.3' };
    const typed = `
      import { pkcs12 } from '${fileURLToPath(import.meta.resolve('@brs/iot-x509'))}';
      const identity = pkcs12({ file: 'device.p12', passphrase: async () => '${passphrase}' });
      export default { profiles: { device: { ...${JSON.stringify(asProfile({}))}, identity } } };`;
    const texts: [name: string, text: string][] = [
      ['whole.json', asJson({ ...files, ...whole, dangerouslyDisableServerVerification: false })],
      ['command.yaml', asJson({ ...locked, passphrase: { fromCommand: ['cat', 'passphrase'] } })],
      ['typed.ts', typed],
    ];
    const { endpoint, port, roleAlias, ca } = device.provider;
    const place = `--endpoint ${endpoint} --port ${port} --ca ${ca} --role-alias ${roleAlias} --region us-east-1`;
    const flags = `--method iot-x509 ${place} --thing-name lamp --certificate cert.pem --private-key key.pem`;
    await device.write(
      '.aws/config',
      `[brs section]\n${asSection(asProfile({ ...locked, passphrase: { fromEnv: 'PASSPHRASE' } }))}`,
    );
    for (const [name, text] of texts) await device.write(name, text);
    const env = { PASSPHRASE: passphrase };
    const runs = await Promise.all([
      ...texts.map(([name]) => run(['whoami', '--profile', 'device', '--config', name], env)),
      run(['whoami', '--profile', 'section'], env),
      run(['whoami', ...flags.split(' ')]),
      run(['whoami'], { BRS_OPTIONS: JSON.stringify(asProfile(files)) }),
    ]);
    expect(runs).toEqual(runs.map(() => isDevice));
  });

  it.skipIf(process.platform !== 'linux')('asks for its passphrase on the terminal, and does not show it', async () => {
    await device.write('brs.config.json', asJson({ ...locked, passphrase: { fromPrompt: 'Passphrase of the key' } }));
    const terminal = onTerminal([process.execPath, brs, 'whoami', '--profile', 'device'], device.env, device.home);
    await terminal.until('Passphrase of the key');
    terminal.type(`${passphrase}\r`);
    expect(await terminal.ended).toBe(0);
    expect(terminal.shown()).toContain(':assumed-role/device/');
    expect(terminal.shown()).not.toContain(passphrase);
  });

  it('gives credentials to consumers, by credential-process', async () => {
    await device.write('brs.config.json', asJson(files));
    const { code, stdout } = await run(['credential-process', '--profile', 'device', '--config', 'brs.config.json']);
    expect({ code, ...(JSON.parse(stdout) as object) }).toMatchObject({
      code: 0,
      Version: 1,
      AccessKeyId: expect.stringMatching(/^ASIA/),
    });
  });

  it('says what is wrong, and where it stands', async () => {
    const cases: [options: object, code: number, message: string][] = [
      [{ ...files, privateKey: 'nope.pem' }, 2, ':11: Option `privateKey` names a file that cannot be read (ENOENT).'],
      [{ identity: { pkcs11: { module: 'softhsm2', slot: 1 } } }, 2, ':13: Option `identity.pkcs11.slot` is unknown'],
      [{ identity: 'pkcs11:tokn=x' }, 2, ':10: Option `identity` has the attribute `tokn` that is not known.'],
      [{ identity: { pkcs13: {} } }, 2, ':10: Option `identity` must be a `pkcs11:` URI, or hold either `pkcs11` or'],
      [{ ...files, thingName: 'door' }, 3, 'Invalid thing name passed. Attach the thing to the certificate'],
    ];
    const got = await Promise.all(
      cases.map(async ([options], index) => {
        await device.write(`wrong-${index}.json`, asJson(options));
        return run(['whoami', '--profile', 'device', '--config', `wrong-${index}.json`]);
      }),
    );
    for (const [index, [, code, message]] of cases.entries()) {
      expect(got[index]).toEqual({ code, stdout: '', stderr: expect.stringContaining(message) });
      expect(got[index]!.stderr.trim()).not.toContain('\n');
      if (code === 2) expect(got[index]!.stderr).toContain(`/wrong-${index}.json:`);
    }
  });
});

describe('without the packages for devices', () => {
  it('says what to install', async () => {
    // The program as it is installed alone.
    const folder = join(device.home, 'alone');
    await mkdir(join(folder, 'node_modules/@brs'), { recursive: true });
    const own = fileURLToPath(new URL('..', import.meta.url));
    await cp(join(own, 'dist'), join(folder, 'dist'), { recursive: true });
    await cp(join(own, 'package.json'), join(folder, 'package.json'));
    for (const name of ['@brs/core', '@brs/sts', '@brs/custom', '@clack', '@aws-sdk', 'commander', 'lilconfig', 'yaml'])
      await symlink(join(own, 'node_modules', name), join(folder, 'node_modules', name));
    const alone = async (...args: string[]) => {
      const { code, stderr } = await runBrs(args, {
        env: device.env,
        cwd: folder,
        program: join(folder, 'dist/bin/brs.js'),
      });
      return { code, stderr };
    };
    const hint = (name: string): string =>
      `needs the package ${name}, which is not installed. Run: npm install ${name} (with --global, if brs is installed that way).\n`;
    expect(await alone('hsm', 'list')).toEqual({ code: 5, stderr: `brs: brs hsm ${hint('@brs/pkcs11')}` });
    expect(await alone('whoami', '--method', 'iot-x509')).toEqual({
      code: 5,
      stderr: `brs: The method 'iot-x509' ${hint('@brs/iot-x509')}`,
    });
    await symlink(join(own, 'node_modules/@brs/iot-x509'), join(folder, 'node_modules/@brs/iot-x509'));
    expect(await alone('whoami', '--method', 'iot-x509', '--identity', 'pkcs11:token=gateway')).toEqual({
      code: 5,
      stderr: `brs: An identity of pkcs11 ${hint('@brs/pkcs11')}`,
    });
  });
});
