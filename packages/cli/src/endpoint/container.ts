/**
 * The container credential endpoint: each session on its own path, each with its own token. AWS SDKs find it through
 * `AWS_CONTAINER_CREDENTIALS_FULL_URI` and send the token in `Authorization`, as it is.
 */
import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Credentials, RefreshableSession } from '@brs/core';
import type { Board, Page } from '../watch/board.js';
import { type Handler, isLoopback } from './guarded-server.js';
import { HeldSet, send } from './held-set.js';

/** What a route is made of. */
export interface RouteOptions {
  readonly name: string;
  readonly token: string;
  /** Opens the session, for whoever first asks for the set. */
  readonly open: () => RefreshableSession;
}

/** A session, and who may ask for it. */
export class ContainerRoute {
  readonly name: string;
  readonly held: HeldSet;
  readonly #token: Token;

  constructor({ name, token, open }: RouteOptions) {
    this.name = name;
    this.held = new HeldSet(open, containerFormat);
    this.#token = new Token(token);
  }

  admits(request: IncomingMessage): boolean {
    return this.#token.isIn(request);
  }
}

/** What has to stand in `Authorization`, as it is. */
class Token {
  readonly #bytes: Buffer;

  constructor(text: string) {
    this.#bytes = Buffer.from(text);
  }

  isIn({ headers }: IncomingMessage): boolean {
    const given = Buffer.from(headers.authorization ?? '');
    // All tokens are equally long: how long one is tells nothing.
    return given.length === this.#bytes.length && timingSafeEqual(given, this.#bytes);
  }
}

/** Who is watched, for whom. */
export interface StatusOptions {
  readonly token: string;
  readonly board: Board;
}

/** The path of a session. */
export function containerPath(name: string): string {
  return `/credentials/${name}`;
}

/** Where `brs watch` reads how the sessions are. */
export const statusPath = '/status';

/**
 * Serves the sessions, and says on `/health` and `/ready` how it is. These two need no token and name nobody. What `/status`
 * says is for those with its token, on this machine.
 */
export function containerHandler(routes: readonly ContainerRoute[], status?: StatusOptions): Handler {
  const byPath = new Map(routes.map((route) => [containerPath(route.name), route]));
  const statusToken = status && new Token(status.token);
  return (request, response) => {
    const { url = '', method } = request;
    if (method !== 'GET') return { status: 405, message: 'GET only' };
    const route = byPath.get(url);
    if (route?.admits(request)) {
      route.held.answer(response);
      return 'admitted';
    }
    if (route || url.startsWith('/credentials')) {
      return { status: 401, message: 'no session with this path and token' };
    }
    if (url === '/health') {
      send(response, Buffer.from('{"status":"ok"}'));
      return 'answered';
    }
    if (status && (url === statusPath || url.startsWith(`${statusPath}?`))) {
      if (!statusToken?.isIn(request) || !isFromHere(request)) {
        return { status: 401, message: 'not with this token' };
      }
      const page = pageOf(url.slice(statusPath.length + 1));
      if (!page) return { status: 400, message: 'offset, limit and since are whole numbers' };
      send(response, Buffer.from(JSON.stringify(status.board.read(page))));
      return 'admitted';
    }
    if (url !== '/ready') return { status: 404, message: 'nothing is here' };
    const isReady = routes.every(({ held }) => held.isReady);
    send(response, Buffer.from(`{"ready":${isReady}}`), isReady ? 200 : 503);
    return 'answered';
  };
}

/** Whether it comes from this machine: from its loopback address, or from the very address that it was sent to. */
function isFromHere({ socket: { remoteAddress = '', localAddress } }: IncomingMessage): boolean {
  return isLoopback(remoteAddress) || remoteAddress === localAddress;
}

/** Rows in one answer. */
const mostRows = 500;

function pageOf(query: string): Page | undefined {
  const asked = new URLSearchParams(query);
  const [offset = 0, limit = 0, since = 0] = ['offset', 'limit', 'since'].map((name) => Number(asked.get(name) ?? 0));
  const isWhole = [offset, limit, since].every((number) => Number.isSafeInteger(number) && number >= 0);
  return isWhole && limit <= mostRows ? { offset, limit, since } : undefined;
}

function containerFormat(credentials: Credentials, expiration: Date): object {
  return {
    AccessKeyId: credentials.accessKeyId,
    SecretAccessKey: credentials.secretAccessKey,
    Token: credentials.sessionToken,
    Expiration: expiration.toISOString(),
    ...(credentials.accountId && { AccountId: credentials.accountId }),
  };
}
