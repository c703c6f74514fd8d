/** A SoftHSM of one's own: tokens in a directory that goes with it, for this process. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { debianProgram } from '../../../testkit/test/support/debian.js';

/** Where a token is, and its PIN: what `pkcs11()` and the provisioning want. */
export interface SoftHsm extends AsyncDisposable {
  readonly module: string;
  readonly token: string;
  readonly pin: string;
}

/** The program; `undefined` where it cannot be had. */
export const softHsm: string | undefined = await debianProgram('softhsm2-util', 'softhsm2');

/** Makes a token, and more of the same PIN. A process loads SoftHSM once: this is to be called once, before anything uses it. */
export async function createToken(...others: string[]): Promise<SoftHsm> {
  const directory = await mkdtemp(join(tmpdir(), 'brs-softhsm-'));
  const configuration = join(directory, 'softhsm2.conf');
  await writeFile(configuration, `directories.tokendir = ${directory}\nobjectstore.backend = file\n`);
  process.env.SOFTHSM2_CONF = configuration;
  const [token, pin] = ['gateway', '5550123'];
  for (const label of [token, ...others]) {
    const args = ['--init-token', '--free', '--label', label, '--pin', pin, '--so-pin', '1234567890'];
    await promisify(execFile)(softHsm as string, args);
  }
  return {
    module: 'softhsm2',
    token,
    pin,
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }),
  };
}
