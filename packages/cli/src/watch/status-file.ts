/**
 * Where a running `brs serve` tells how it is: an address and a token, in a file that its user alone can read, in the folder
 * with the tokens of its sessions.
 */
import { randomBytes } from 'node:crypto';
import { readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runtimeFolder } from '../cache/folders.js';

/** The way to the status of one run. */
export interface StatusAddress {
  readonly url: string;
  readonly token: string;
}

/** Not the name of a token: those end otherwise. */
const fileName = 'status.json';

/** Writes the file, whole or not at all. */
export async function writeStatusAddress(folder: string, address: StatusAddress): Promise<void> {
  const path = join(folder, fileName);
  const temporary = `${path}.${randomBytes(6).toString('hex')}`;
  await writeFile(temporary, JSON.stringify(address), { mode: 0o600, flag: 'wx' });
  await rename(temporary, path);
}

/** Removes the file, unless it has become that of another run. */
export async function removeStatusAddress(folder: string, { token }: StatusAddress): Promise<void> {
  if ((await readStatusAddress(folder))?.token === token) await rm(join(folder, fileName), { force: true });
}

/** Reads the file; `undefined` where there is none that can be read. */
export async function readStatusAddress(folder: string): Promise<StatusAddress | undefined> {
  try {
    const { url, token } = JSON.parse(await readFile(join(folder, fileName), 'utf8')) as Partial<StatusAddress>;
    return typeof url === 'string' && typeof token === 'string' ? { url, token } : undefined;
  } catch {
    // Not there, not for us, or half of something: in any case nobody to ask.
    return undefined;
  }
}

/** The folders in which a `brs serve` without `--token-dir` can be. */
export async function temporaryFolders(env: NodeJS.ProcessEnv): Promise<string[]> {
  const runtime = runtimeFolder(env);
  const places = [
    ...(runtime ? [{ folder: runtime, prefix: 'serve-' }] : []),
    { folder: tmpdir(), prefix: 'brs-serve-' },
  ];
  const found = await Promise.all(
    places.map(async ({ folder, prefix }) => {
      const names = await readdir(folder).catch(() => [] as string[]);
      const paths = names.filter((name) => name.startsWith(prefix)).map((name) => join(folder, name));
      const ours = await Promise.all(paths.map(isOurs));
      return paths.filter((_, index) => ours[index]);
    }),
  );
  return found.flat();
}

/** Anybody can make a folder where temporary files are, and write an address into it. */
async function isOurs(folder: string): Promise<boolean> {
  const uid = process.getuid?.();
  return uid === undefined || (await stat(folder).catch(() => undefined))?.uid === uid;
}
