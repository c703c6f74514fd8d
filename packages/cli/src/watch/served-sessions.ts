/** Watches a `brs serve` of this machine, over its end and its next start. */
import { CliError } from '../cli-error.js';
import type { BoardEvent, Page, Reading } from './board.js';
import { readStatusAddress, type StatusAddress, temporaryFolders } from './status-file.js';
import type { Sight, Watched } from './watched.js';

const patienceMs = 5000;

/**
 * Finds a running `brs serve` and watches it.
 *
 * @param folder - its `--token-dir`; `undefined`: the only one that runs without.
 * @throws CliError (missing) where there is none; (usage) where there are several.
 */
export async function watchServe(folder: string | undefined, env: NodeJS.ProcessEnv): Promise<Watched> {
  const { address, where } = await find(folder, env);
  const otherPlaces = (): Promise<string[]> => (folder === undefined ? temporaryFolders(env) : Promise.resolve([]));
  return new ServedSessions(address, where, otherPlaces);
}

interface Found {
  readonly address: StatusAddress;
  readonly where: string;
}

async function find(folder: string | undefined, env: NodeJS.ProcessEnv): Promise<Found> {
  const asked = askIn(folder === undefined ? await temporaryFolders(env) : [folder]);
  const found = (await Promise.all(asked)).filter((one) => one !== undefined);
  const [first, ...others] = found;
  if (!first) {
    throw new CliError(
      'missing',
      folder === undefined
        ? 'No running brs serve was found.'
        : `No brs serve answers that keeps its tokens in ${folder}.`,
      { hint: 'One that was started with --token-dir is found by that folder: brs watch --serve /run/brs' },
    );
  }
  if (others.length > 0) {
    throw new CliError('usage', `Several brs serve are running: ${found.map(({ where }) => where).join(', ')}.`, {
      hint: 'Name the folder of one of them behind --serve.',
    });
  }
  return first;
}

/** Whoever answers for each folder. All are asked at once: of one that was killed, the folder stays, and may lead nowhere. */
function askIn(folders: readonly string[], unlike?: string, signal?: AbortSignal): Promise<Found | undefined>[] {
  return folders.map(async (where) => {
    const address = await readStatusAddress(where);
    const isWanted = address && address.token !== unlike && (await answers(address, signal));
    return isWanted ? { address, where } : undefined;
  });
}

async function answers(address: StatusAddress, signal?: AbortSignal): Promise<boolean> {
  try {
    await ask(address, { offset: 0, limit: 1, since: 0 }, signal);
    return true;
  } catch {
    // Left behind by a process that was killed, for one.
    return false;
  }
}

async function ask(
  { url, token }: StatusAddress,
  { offset, limit, since }: Page,
  signal?: AbortSignal,
): Promise<Reading> {
  const patience = AbortSignal.timeout(patienceMs);
  const response = await fetch(`${url}?offset=${offset}&limit=${limit}&since=${since}`, {
    headers: { authorization: token },
    redirect: 'error',
    signal: signal ? AbortSignal.any([signal, patience]) : patience,
  });
  if (!response.ok) throw new Error(`HTTP ${response.status}`);
  const reading = (await response.json()) as Partial<Reading> | null;
  // Somebody else can have the port of one that was killed.
  if (!Array.isArray(reading?.rows) || !Array.isArray(reading.events) || !reading.counts) throw new Error('no status');
  return reading as Reading;
}

class ServedSessions implements Watched {
  readonly #where: string;
  readonly #otherPlaces: () => Promise<string[]>;
  #address: StatusAddress;
  #last: Reading | undefined;
  #gone: Sight['gone'];
  /** What has happened to the endpoint, and was not handed on yet. */
  #own: BoardEvent[] = [];

  constructor(address: StatusAddress, where: string, otherPlaces: () => Promise<string[]>) {
    this.#address = address;
    this.#where = where;
    this.#otherPlaces = otherPlaces;
  }

  get title(): string {
    return `brs serve, ${new URL(this.#address.url).origin}`;
  }

  async read(page: Page, signal: AbortSignal): Promise<Sight> {
    try {
      return this.#seen(await ask(this.#address, page, signal));
    } catch (error) {
      const next = await this.#next(signal);
      if (next) {
        try {
          // Another run, which counts its events from the beginning.
          const reading = await ask(next, { ...page, since: 0 }, signal);
          this.#address = next;
          return this.#seen(reading);
        } catch {
          // It has ended already, or is starting. It is asked again in a second.
        }
      }
      return this.#unseen(error);
    }
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  /** Where it is after a restart: in the same folder, or, if that was one for a single run, wherever one runs now. */
  async #next(signal: AbortSignal): Promise<StatusAddress | undefined> {
    const folders = [this.#where, ...(await this.#otherPlaces())];
    for (const asked of askIn(folders, this.#address.token, signal)) {
      const found = await asked;
      if (found) return found.address;
    }
    return undefined;
  }

  #seen(reading: Reading): Sight {
    if (this.#gone) this.#happened('back', reading.at);
    this.#gone = undefined;
    this.#last = reading;
    return { ...reading, events: [...this.#handOn(), ...reading.events] };
  }

  #unseen(error: unknown): Sight {
    if (!this.#last) throw error;
    if (!this.#gone) {
      const why = reasonOf(error);
      this.#gone = { since: Date.now(), why };
      this.#happened('gone', this.#gone.since, `brs serve does not answer (${why}); it is asked again every second`);
    }
    return { ...this.#last, events: this.#handOn(), gone: this.#gone };
  }

  #happened(event: 'gone' | 'back', at: number, message?: string): void {
    this.#own.push({ id: 0, at, session: '', event, ...(message && { message }) });
  }

  #handOn(): BoardEvent[] {
    return this.#own.splice(0);
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'no error';
  const { code } = (error.cause ?? error) as { code?: unknown };
  return typeof code === 'string' ? code : error.name === 'TimeoutError' ? 'no answer' : error.message;
}
