/** The folders of the program: each is the user's alone, or it is not used. */
import { chmod, mkdir, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { CliError } from '../cli-error.js';

/** Where the cache is: `BRS_CACHE_DIR`, or what is usual on the platform. */
export function cacheFolder(env: NodeJS.ProcessEnv): string {
  if (env.BRS_CACHE_DIR) return env.BRS_CACHE_DIR;
  const home = env.HOME ?? homedir();
  if (env.XDG_CACHE_HOME) return join(env.XDG_CACHE_HOME, 'brs');
  if (process.platform === 'darwin') return join(home, 'Library/Caches/brs');
  if (process.platform === 'win32') return join(env.LOCALAPPDATA ?? join(home, 'AppData/Local'), 'brs');
  return join(home, '.cache/brs');
}

/** A folder that is in memory and ends with the user's session, where the platform has one. */
export function runtimeFolder(env: NodeJS.ProcessEnv): string | undefined {
  return env.XDG_RUNTIME_DIR ? join(env.XDG_RUNTIME_DIR, 'brs') : undefined;
}

/**
 * Makes a folder with mode 0700, or makes sure that it is one.
 *
 * @throws CliError (usage) for one that belongs to somebody else; what the file system throws, where it cannot be made.
 */
export async function ownFolder(path: string): Promise<string> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  const uid = process.getuid?.();
  if (uid === undefined) return path;
  const { mode, uid: owner } = await stat(path);
  if (owner !== uid) throw new CliError('usage', `${path} belongs to somebody else.`);
  if (mode & 0o077) await chmod(path, 0o700);
  return path;
}
