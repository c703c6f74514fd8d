/**
 * The key that the cache is encrypted with. It is in the keyring of the operating system; where there is none, in a file
 * in memory that ends with the user's session; and where there is no such place either, in a file beside the cache.
 */
import { randomBytes } from 'node:crypto';
import { link, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ownFolder, runtimeFolder } from './folders.js';

const keyBytes = 32;
/** A keyring that does not answer is none. */
const keyringTimeoutMs = 3000;

/** The key, which is made the first time. `BRS_KEYRING=off` leaves the keyring out. */
export async function loadKey(folder: string, env: NodeJS.ProcessEnv): Promise<Buffer> {
  const fromKeyring = env.BRS_KEYRING === 'off' ? undefined : await keyringKey();
  return fromKeyring ?? fileKey((await runtimeFolderIfAny(env)) ?? folder);
}

async function runtimeFolderIfAny(env: NodeJS.ProcessEnv): Promise<string | undefined> {
  const folder = runtimeFolder(env);
  // A variable can outlive the folder that it names.
  return folder && (await ownFolder(folder).catch(() => undefined));
}

async function keyringKey(): Promise<Buffer | undefined> {
  try {
    const { AsyncEntry } = await import('@napi-rs/keyring');
    // The kernel's keyring, which the library would fall back to, differs from one login to the next.
    const entry = new AsyncEntry('brs', 'credential cache', { linux: { store: 'secret-service' } });
    const signal = AbortSignal.timeout(keyringTimeoutMs);
    const found = decode(await entry.getPassword(signal));
    if (found) return found;
    await entry.setPassword(randomBytes(keyBytes).toString('base64'), signal);
    // Of several that do this at once the last one's stays.
    return decode(await entry.getPassword(signal));
  } catch {
    // No keyring, no module for this platform, locked, or refused: there is the file.
    return undefined;
  }
}

function decode(text: string | null | undefined): Buffer | undefined {
  const key = Buffer.from(text ?? '', 'base64');
  return key.length === keyBytes ? key : undefined;
}

/** The key in a file with mode 0600. It appears whole or not at all, and the first one stays. */
async function fileKey(folder: string): Promise<Buffer> {
  const path = join(folder, 'cache.key');
  const known = await readKey(path);
  if (known) return known;
  const mine = `${path}.${process.pid}.${randomBytes(4).toString('hex')}.tmp`;
  await writeFile(mine, randomBytes(keyBytes), { mode: 0o600, flag: 'wx' });
  try {
    await link(mine, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await rm(mine, { force: true });
  }
  const key = await readKey(path);
  if (!key) throw new Error(`${path} is no key: remove it.`);
  return key;
}

async function readKey(path: string): Promise<Buffer | undefined> {
  try {
    const key = await readFile(path);
    return key.length === keyBytes ? key : undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return undefined;
  }
}
