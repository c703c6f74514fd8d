/**
 * The container credential endpoint: each session on its own path, each with its own token. AWS SDKs find it through
 * `AWS_CONTAINER_CREDENTIALS_FULL_URI` and send the token in `Authorization`, as it is.
 */
import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Credentials, RefreshableSession } from '@brs/core';
import type { Handler } from './guarded-server.js';
import { HeldSet, send } from './held-set.js';

/** A session, and who may ask for it. */
export interface ContainerRoute {
  readonly name: string;
  readonly session: RefreshableSession;
  readonly token: string;
}

/** The path of a session. */
export function containerPath(name: string): string {
  return `/credentials/${name}`;
}

/** Serves the sessions, and says on `/health` and `/ready` how it is. These two need no token and name nobody. */
export function containerHandler(routes: readonly ContainerRoute[]): Handler {
  const byPath = new Map(routes.map(({ name, session, token }) => [containerPath(name), new Guarded(session, token)]));
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
    if (url !== '/ready') return { status: 404, message: 'nothing is here' };
    const isReady = [...byPath.values()].every(({ held }) => held.isReady);
    send(response, Buffer.from(`{"ready":${isReady}}`), isReady ? 200 : 503);
    return 'answered';
  };
}

class Guarded {
  readonly held: HeldSet;
  readonly #token: Buffer;

  constructor(session: RefreshableSession, token: string) {
    this.held = new HeldSet(session, containerFormat);
    this.#token = Buffer.from(token);
  }

  admits({ headers }: IncomingMessage): boolean {
    const given = Buffer.from(headers.authorization ?? '');
    // All tokens are equally long: how long one is tells nothing.
    return given.length === this.#token.length && timingSafeEqual(given, this.#token);
  }
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
