/** A SoftHSM of one's own: tokens in a directory that goes with it, for this process and those that it starts. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { debianProgram } from './debian.js';

/** The PIN of every token: no text that leaves a package may hold it. */
export const pin = '8473625190';

/** SoftHSM with its tokens. */
export interface SoftHsm extends AsyncDisposable {
  /** The path of the module. */
  readonly module: string;
  readonly directory: string;
}

/**
 * Initialises tokens; `undefined` where SoftHSM cannot be had, outside of CI. A process loads it once: this has to be called
 * before anything else uses a module, and once.
 */
export async function startSoftHsm(...labels: string[]): Promise<SoftHsm | undefined> {
  const util = await debianProgram('softhsm2-util', 'softhsm2');
  if (util === undefined) return undefined;
  const directory = await mkdtemp(join(tmpdir(), 'brs-softhsm-'));
  const configuration = join(directory, 'softhsm2.conf');
  await writeFile(configuration, `directories.tokendir = ${directory}\nobjectstore.backend = file\n`);
  process.env.SOFTHSM2_CONF = configuration;
  for (const label of labels) {
    const args = ['--init-token', '--free', '--label', label, '--pin', pin, '--so-pin', '1234567890'];
    await promisify(execFile)(util, args);
  }
  return {
    module: '/usr/lib/softhsm/libsofthsm2.so',
    directory,
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }),
  };
}
