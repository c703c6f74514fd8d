/** A session with its place at the endpoint. It is opened by whoever first asks for it, which is seldom a consumer. */
import type { RefreshableSession } from '@brs/core';
import { ContainerRoute } from '../endpoint/container.js';
import { say } from '../print.js';
import { describe } from '../report.js';
import type { OpenSession } from '../session/open.js';
import type { Board } from '../watch/board.js';
import type { Issued } from './tokens.js';

/** The gap before the next try, at most. It doubles each time. */
const [firstGapMs, longestGapMs] = [1000, 60_000];

/** What it is made of. */
export interface ServedSessionOptions extends Issued {
  readonly name: string;
  readonly region: string | undefined;
  readonly open: () => OpenSession;
  readonly board: Board;
}

/** One that cannot be opened is opened again by itself until it can: a file may be back. */
export class ServedSession {
  readonly name: string;
  readonly tokenPath: string;
  readonly region: string | undefined;
  readonly route: ContainerRoute;
  readonly #board: Board;
  #make: (() => OpenSession) | undefined;
  #opened: OpenSession | undefined;
  #told = '';
  #gapMs = firstGapMs;
  #nextTry: NodeJS.Timeout | undefined;

  constructor({ name, token, path, region, open, board }: ServedSessionOptions) {
    this.name = name;
    this.tokenPath = path;
    this.region = region;
    this.route = new ContainerRoute({ name, token, open: this.session });
    this.#board = board;
    this.#make = open;
  }

  /** The session, which is opened the first time. Throws what opening it throws. */
  readonly session = (): RefreshableSession => {
    if (!this.#opened && this.#make) {
      try {
        this.#opened = this.#make();
      } catch (error) {
        this.#tryAgain(error);
        throw error;
      }
      clearTimeout(this.#nextTry);
      this.#board.add(this.name, this.#opened.session);
      // What it was made of is not needed again, and ten thousand times a lot.
      this.#make = undefined;
      if (this.#told) say(`${this.name}: it could be opened.`);
    }
    return (this.#opened as OpenSession).session;
  };

  /** The same, and holds its sets for consumers from then on. */
  begin(): RefreshableSession {
    return this.route.held.begin();
  }

  /** Whether it has been opened and has a set. */
  get hasSet(): boolean {
    return this.#opened?.session.status().fetchedAt !== undefined;
  }

  async close(): Promise<void> {
    clearTimeout(this.#nextTry);
    await this.#opened?.close();
  }

  #tryAgain(error: unknown): void {
    // It was good when the program started: a file has gone since, for one. Said once, however often it is tried.
    const why = describe(error);
    if (why !== this.#told) say(`${this.name}: ${why} It is tried again.`);
    this.#told = why;
    if (this.#nextTry) return;
    // Many may fail for the same reason: they are not to be tried at the same instant.
    const delayMs = (this.#gapMs * (1 + Math.random())) / 2;
    this.#gapMs = Math.min(2 * this.#gapMs, longestGapMs);
    this.#nextTry = setTimeout(() => {
      this.#nextTry = undefined;
      try {
        this.begin();
      } catch {
        // It is said and tried again.
      }
    }, delayMs).unref();
  }
}
