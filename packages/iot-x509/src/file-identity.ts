/**
 * A PEM identity over files, or over contents in memory. Files are read whenever the pair is asked for, without a watcher
 * that would hold the process. What is on disk and is no pair that fits does not replace the one in use.
 */
import { readFileSync } from 'node:fs';
import { type FailureClass, InvalidOptionsError, type PemTlsIdentity } from '@brs/core';
import { IotError } from './errors.js';
import { formats, type Pair } from './pair.js';

/** A certificate and a private key, from files or from memory. */
export interface PemIdentity extends PemTlsIdentity {
  /** When the certificate in use ends; `undefined` before a pair was read. */
  readonly expiresAt: Date | undefined;
  /** Why the files on disk are not in use, where they were replaced and are not, or not yet, a pair that fits. */
  readonly problem: IotError | undefined;
}

/** What options give, by their names: paths, or contents. */
export type Sources = Readonly<Record<string, string | Uint8Array>>;

/** Makes a pair of the contents of the sources, in their order. */
export type Load = (...contents: Buffer[]) => Pair | Promise<Pair>;

/** The identity over its sources. */
export class FileIdentity implements PemIdentity {
  readonly kind = 'pem';
  readonly #sources: Sources;
  readonly #load: Load;
  /** What the pair in use was made of. */
  #contents: Buffer[] | undefined;
  #current: Pair | undefined;
  #first: Promise<Pair> | undefined;
  #reading: Promise<Pair> | undefined;
  #problem: IotError | undefined;

  /**
   * Reads the sources once. With `isDeferred` they must only be there: what they hold is looked at when it is needed.
   *
   * @throws InvalidOptionsError when what can be read now is no pair that fits.
   */
  constructor(sources: Sources, load: Load, isDeferred?: boolean) {
    this.#sources = sources;
    this.#load = load;
    const contents = readAll(sources);
    if (isDeferred) return;
    const loaded = load(...contents);
    this.#contents = contents;
    if (loaded instanceof Promise) {
      this.#first = loaded;
      // Whoever asks for the pair is told.
      loaded.catch(() => {});
    } else this.#current = loaded;
  }

  get expiresAt(): Date | undefined {
    return this.#current?.expiresAt;
  }

  get problem(): IotError | undefined {
    return this.#problem;
  }

  read(): Promise<Pair> {
    return (this.#reading ??= this.#read().finally(() => {
      this.#reading = undefined;
    }));
  }

  classify(error: unknown): FailureClass | undefined {
    return error instanceof IotError ? error.failure : undefined;
  }

  async #read(): Promise<Pair> {
    try {
      this.#current = await this.#newest();
      this.#problem = undefined;
    } catch (thrown) {
      const error = explain(thrown);
      if (!this.#current) throw error;
      // Perhaps the other file has not been replaced yet.
      this.#problem = error;
    }
    return this.#current;
  }

  async #newest(): Promise<Pair> {
    const first = this.#first;
    this.#first = undefined;
    if (first) return first;
    const contents = readAll(this.#sources);
    const isSame = contents.every((bytes, index) => this.#contents?.[index]?.equals(bytes));
    if (this.#current && isSame) return this.#current;
    const pair = await this.#load(...contents);
    this.#contents = contents;
    return pair;
  }
}

/**
 * The contents of the sources. Their bytes are compared, not the dates of the files: those can be the same in two. It is
 * synchronous, so that a certificate and its key are read in one go; they have a few kilobytes.
 */
export function readAll(sources: Sources): Buffer[] {
  return Object.entries(sources).map(([option, value]) => {
    try {
      const isPath = typeof value === 'string' && !value.includes('-----BEGIN');
      return isPath ? readFileSync(value) : Buffer.from(value as string);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      // The path is not shown: it can be a secret that was put there by mistake.
      throw new InvalidOptionsError(option, `names a file that cannot be read (${code})`, { hint: formats });
    }
  });
}

/** What keeps an identity from being used, as the error of a running session. */
function explain(thrown: unknown): IotError {
  const { message, hint = 'Correct it.', cause } = thrown as InvalidOptionsError;
  // Only a function that gets a passphrase fails with a reason of its own.
  return cause === undefined
    ? new IotError('IDENTITY_INVALID', message, { kind: 'terminal', hint }, { cause: thrown })
    : new IotError('PASSPHRASE_UNAVAILABLE', message, { kind: 'recoverable' }, { cause });
}
