/**
 * Sets of credentials on disk, for commands that live shorter than those. Every file is encrypted, has mode 0600, and
 * appears whole or not at all; what cannot be read is not there. Processes that write take a lock.
 */
import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';
import { readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheFolder, ownFolder } from './folders.js';
import { loadKey } from './key.js';

/** A set as it is kept. Instants are epoch milliseconds by this machine's clock. */
export interface StoredSet {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly accountId?: string | undefined;
  readonly fetchedAt: number;
  readonly expiresAt: number;
  /** When the source was asked last without success. */
  readonly failedAt?: number | undefined;
}

/** Ends a lock. */
export type Release = () => Promise<void>;

const magic = Buffer.from('brs1');
const [ivBytes, tagBytes] = [12, 16];
/** The longest that AWS lets a set live, and a temporary file. */
const longestMs = { set: 129_600_000, temporary: 60_000 };
/** A lock is touched every three seconds; one that was not for thirty belongs to a process that was killed. */
const lockTimes = { stale: 30_000, update: 3000 };
const patience = { forever: true, minTimeout: 20, maxTimeout: 250, factor: 1.5 };

export class Cache {
  readonly #folder: string;
  readonly #key: Buffer;

  private constructor(folder: string, key: Buffer) {
    this.#folder = folder;
    this.#key = key;
  }

  /** Opens the user's cache. Throws what the file system throws where there can be none. */
  static async open(env: NodeJS.ProcessEnv): Promise<Cache> {
    const folder = await ownFolder(cacheFolder(env));
    return new Cache(folder, await loadKey(folder, env));
  }

  /** The name of an entry. What it is made of cannot be found out from it. */
  nameOf(description: string): string {
    return createHmac('sha256', this.#key).update(description).digest('hex').slice(0, 32);
  }

  /** The set of this name, whether it has expired or not; `undefined`, too, for a file that is no set of ours. */
  async read(name: string): Promise<StoredSet | undefined> {
    try {
      return this.#open(name, await readFile(this.#pathOf(name)));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  }

  async write(name: string, set: StoredSet): Promise<void> {
    const path = this.#pathOf(name);
    const temporary = `${path}.${process.pid}.${randomBytes(4).toString('hex')}.tmp`;
    await writeFile(temporary, this.#seal(name, set), { mode: 0o600, flag: 'wx', flush: true });
    await rename(temporary, path);
    await this.#sweep();
  }

  /** Takes the lock of a name. Without patience: `undefined`, where another process has it. */
  async lock(name: string, patient: boolean): Promise<Release | undefined> {
    const { default: lockfile } = await import('proper-lockfile');
    try {
      const release = await lockfile.lock(this.#pathOf(name), {
        ...lockTimes,
        realpath: false,
        retries: patient ? patience : 0,
        // Another process took it while this one stood still: two of them ask the source, and both are right.
        onCompromised: () => undefined,
      });
      // One that was taken away needs no release.
      return () => release().catch(() => undefined);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ELOCKED') return undefined;
      throw error;
    }
  }

  #pathOf(name: string): string {
    return join(this.#folder, `${name}.set`);
  }

  #seal(name: string, set: StoredSet): Buffer {
    const iv = randomBytes(ivBytes);
    const cipher = createCipheriv('aes-256-gcm', this.#key, iv).setAAD(Buffer.from(name));
    const sealed = Buffer.concat([cipher.update(JSON.stringify(set), 'utf8'), cipher.final()]);
    return Buffer.concat([magic, iv, cipher.getAuthTag(), sealed]);
  }

  #open(name: string, file: Buffer): StoredSet | undefined {
    const [iv, tag, sealed] = [magic.length, magic.length + ivBytes, magic.length + ivBytes + tagBytes];
    if (file.length <= sealed || !file.subarray(0, iv).equals(magic)) return undefined;
    try {
      const decipher = createDecipheriv('aes-256-gcm', this.#key, file.subarray(iv, tag)).setAAD(Buffer.from(name));
      decipher.setAuthTag(file.subarray(tag, sealed));
      const text = Buffer.concat([decipher.update(file.subarray(sealed)), decipher.final()]).toString('utf8');
      return JSON.parse(text) as StoredSet;
    } catch {
      // It was changed, or is of another key.
      return undefined;
    }
  }

  /** Removes what a process that was killed has left, and sets that nothing can use any more. */
  async #sweep(): Promise<void> {
    for (const file of await readdir(this.#folder)) {
      const longest = file.endsWith('.tmp') ? longestMs.temporary : file.endsWith('.set') ? longestMs.set : Infinity;
      if (longest === Infinity) continue;
      const path = join(this.#folder, file);
      const age = await stat(path).then(
        ({ mtimeMs }) => Date.now() - mtimeMs,
        () => 0,
      );
      if (age > longest) await rm(path, { force: true });
    }
  }
}
