/** The tokens of `brs serve`: each in a file with mode 0600, so that who may read it may ask. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ownFolder, runtimeFolder } from '../cache/folders.js';
import { CliError } from '../cli-error.js';

/** The token of a session, and the file that it is in. */
export interface Issued {
  readonly token: string;
  readonly path: string;
}

/** The tokens of one run. */
export interface Tokens {
  /** Where the files are. */
  readonly folder: string;
  issue(name: string): Promise<Issued>;
  /** Removes what was made for this run alone. */
  close(): Promise<void>;
}

/**
 * @param folder - where the files are kept from one run to the next; `undefined`: in a folder of this run, which goes with it.
 */
export async function openTokens(folder: string | undefined, env: NodeJS.ProcessEnv): Promise<Tokens> {
  const path = folder ? await ownFolder(folder) : await temporaryFolder(env);
  return {
    folder: path,
    async issue(name) {
      const file = join(path, `${name}.token`);
      return { token: (await readToken(file)) ?? (await writeToken(file)), path: file };
    },
    close: () => (folder ? Promise.resolve() : rm(path, { recursive: true, force: true })),
  };
}

async function temporaryFolder(env: NodeJS.ProcessEnv): Promise<string> {
  const runtime = runtimeFolder(env);
  const usable = runtime && (await ownFolder(runtime).catch(() => undefined));
  return mkdtemp(join(usable ?? tmpdir(), usable ? 'serve-' : 'brs-serve-'));
}

async function readToken(path: string): Promise<string | undefined> {
  try {
    const { mode } = await stat(path);
    if (process.platform !== 'win32' && mode & 0o077) {
      throw new CliError('usage', `${path} can be read by others.`, { hint: 'Remove it: another is made.' });
    }
    const token = (await readFile(path, 'utf8')).trim();
    if (!/^[\w-]{43,}$/.test(token))
      throw new CliError('usage', `${path} holds no token.`, { hint: 'Remove it: another is made.' });
    return token;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

async function writeToken(path: string): Promise<string> {
  const token = randomBytes(32).toString('base64url');
  await writeFile(path, token, { mode: 0o600, flag: 'wx' });
  return token;
}
