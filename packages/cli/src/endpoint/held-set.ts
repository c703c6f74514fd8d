/**
 * The current set of a session as bytes, in memory, so that a request costs no more than writing them. The session
 * refreshes by itself; this only listens. It never gives a set that has expired.
 */
import type { ServerResponse } from 'node:http';
import { type Credentials, isSessionError, type RefreshableSession } from '@brs/core';
import { refuse } from './guarded-server.js';

/** How long a request waits where there is no set. Clients give up after one or two seconds. */
const patienceMs = 900;
/** For sets that do not expire: consumers want to be told when to ask again. */
const lifetimeOfUndatedMs = 3_600_000;

/** A set as a body, until it expires. */
interface Held {
  readonly credentials: Credentials;
  readonly body: Buffer;
  readonly expiresAt: number;
}

/** Writes a set down for consumers. */
export type Format = (credentials: Credentials, expiration: Date, fetchedAt: Date) => object;

/** One session in one format. It is opened by whoever first asks for a set. */
export class HeldSet {
  readonly #open: () => RefreshableSession;
  readonly #format: Format;
  #session: RefreshableSession | undefined;
  #held: Held | undefined;

  constructor(open: () => RefreshableSession, format: Format) {
    this.#open = open;
    this.#format = format;
  }

  /** Opens the session, the first time, and holds its sets from then on. Throws what opening it throws. */
  begin(): RefreshableSession {
    if (!this.#session) {
      const session = this.#open();
      const take = (): void => void this.#take(session).catch(() => (this.#held = undefined));
      session.on('refreshSucceeded', take);
      // The session has been at work since it was opened, and may have its first set by now.
      if (session.status().fetchedAt) take();
      this.#session = session;
    }
    return this.#session;
  }

  /** Whether there is a good set in hand. */
  get isReady(): boolean {
    return this.#current !== undefined;
  }

  /** Answers with the set, from memory; where there is none, as soon as there is, or after a moment with what is wrong. */
  answer(response: ServerResponse): void {
    if (this.#current) {
      send(response, this.#current);
      return;
    }
    this.#askSession().then(
      // A session that is told to serve what has expired does that for its own callers alone.
      ({ body, expiresAt }) =>
        Date.now() < expiresAt
          ? send(response, body)
          : refuse(response, { status: 503, message: 'CREDENTIALS_EXPIRED' }),
      // The code and not the text: a text names roles and accounts, or files, where a session cannot be opened.
      (error: unknown) => refuse(response, { status: 503, message: isSessionError(error) ? error.code : 'NOT_READY' }),
    );
  }

  get #current(): Buffer | undefined {
    return this.#held && Date.now() < this.#held.expiresAt ? this.#held.body : undefined;
  }

  async #askSession(): Promise<Held> {
    return this.#take(this.begin(), AbortSignal.timeout(patienceMs));
  }

  async #take(session: RefreshableSession, signal?: AbortSignal): Promise<Held> {
    const credentials = await session.getCredentials({ signal });
    if (this.#held?.credentials === credentials && credentials.expiration) return this.#held;
    const now = new Date();
    const { clockOffsetMs } = session.status();
    // Consumers judge it by the clock of this machine, also where that one is wrong.
    const expiresAt = credentials.expiration
      ? credentials.expiration.getTime() - clockOffsetMs
      : now.getTime() + lifetimeOfUndatedMs;
    const body = Buffer.from(JSON.stringify(this.#format(credentials, new Date(expiresAt), now)));
    return (this.#held = { credentials, body, expiresAt });
  }
}

/** Answers with bytes as they are. */
export function send(response: ServerResponse, body: Buffer, status = 200): void {
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': body.length,
    'cache-control': 'no-store',
  });
  response.end(body);
}
