/** A TPM in software (swtpm) with tpm2-pkcs11 in front of it: a second module, and another kind of token. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { debianFile, debianProgram } from '@brs-tests/support/debian';
import { freePort } from '@brs-tests/support/free-port';
import { loadModule } from '../../src/module.js';
import { debianLibraries } from './soft-hsm.js';

export interface SoftwareTpm {
  /** The path of the module. */
  readonly module: string;
  remove(): Promise<void>;
}

/** A TPM with one token that is set up; `undefined` where it cannot be had, outside of CI. */
export async function startSoftwareTpm(label: string, pin: string): Promise<SoftwareTpm | undefined> {
  const program = await debianProgram('swtpm', 'swtpm');
  const module = await debianFile(`${debianLibraries}/libtpm2_pkcs11.so.1`, 'libtpm2-pkcs11-1');
  if (program === undefined || module === undefined) return undefined;
  const directory = await mkdtemp(join(tmpdir(), 'brs-tpm-'));
  const port = await freePort(2);
  const at = (number: number): string => `type=tcp,bindaddr=127.0.0.1,port=${number}`;
  const options = ['--tpmstate', `dir=${directory}`, '--server', at(port), '--ctrl', at(port + 1)];
  const tpm = spawn(program, ['socket', '--tpm2', '--flags', 'not-need-init,startup-clear', ...options]);
  await once(tpm, 'spawn');
  Object.assign(process.env, {
    TPM2_PKCS11_TCTI: `swtpm:host=127.0.0.1,port=${port}`,
    TPM2_PKCS11_STORE: directory,
    TPM2_PKCS11_LOG_LEVEL: '0',
    TSS2_LOG: 'all+none',
  });
  await setUp(module, label, pin).catch(async (error: unknown) => {
    await stop(tpm);
    throw error;
  });
  return {
    module,
    async remove() {
      await stop(tpm);
      await rm(directory, { recursive: true });
    },
  };
}

/** What an administrator does, over the calls of the standard: in one process, because a TPM without a manager keeps what each leaves. */
async function setUp(module: string, label: string, pin: string): Promise<void> {
  const { calls, ck } = await loadModule(module);
  const officer = '1234567890';
  const [slot] = calls.C_GetSlotList(true);
  // Padded with blanks, as the standard has labels.
  calls.C_InitToken(slot!, officer, label.padEnd(32));
  const session = calls.C_OpenSession(slot!, ck.CKF_SERIAL_SESSION | ck.CKF_RW_SESSION);
  calls.C_Login(session, ck.CKU_SO, officer);
  calls.C_InitPIN(session, pin);
  calls.C_Logout(session);
  calls.C_CloseSession(session);
}

async function stop(tpm: ChildProcess): Promise<void> {
  tpm.kill();
  if (tpm.exitCode === null && tpm.signalCode === null) await once(tpm, 'exit');
}
