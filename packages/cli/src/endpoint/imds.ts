/**
 * The instance metadata service, version 2, as far as it concerns credentials: for programs that know nothing else. It
 * has no secret of its own: whoever can connect can ask. Version 1, which a web page could make a browser ask, is refused.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { Credentials, RefreshableSession } from '@brs/core';
import type { Handler } from './guarded-server.js';
import { HeldSet } from './held-set.js';

/** What is served. */
export interface ImdsOptions {
  /** What the role is called there. */
  readonly role: string;
  /** Opens the session, for whoever first asks for the set. */
  readonly open: () => RefreshableSession;
  readonly region?: string | undefined;
}

const base = '/latest/meta-data/';
const roles = `${base}iam/security-credentials/`;
const ttlHeader = 'x-aws-ec2-metadata-token-ttl-seconds';

/** Serves one session as the role of an instance. */
export function imdsHandler({ role, open, region }: ImdsOptions): Handler {
  const held = new HeldSet(open, imdsFormat);
  const tokens = new ImdsTokens();
  const texts = new Map([
    [roles, role],
    [roles.slice(0, -1), role],
    ...(region ? [[`${base}placement/region`, region] as const] : []),
  ]);
  return (request, response) => {
    const { url = '', method, headers } = request;
    if (url === '/latest/api/token') {
      if (method !== 'PUT') return { status: 405, message: 'PUT only' };
      const ttl = Number(headers[ttlHeader]);
      if (!Number.isInteger(ttl) || ttl < 1 || ttl > 21_600)
        return { status: 400, message: 'a lifetime from 1 to 21600' };
      sendText(response, tokens.issue(ttl), { [ttlHeader]: String(ttl) });
      return 'answered';
    }
    if (method !== 'GET') return { status: 405, message: 'GET only' };
    const token = headers['x-aws-ec2-metadata-token'];
    if (typeof token !== 'string' || !tokens.accepts(token)) return { status: 401, message: 'a token first' };
    const text = texts.get(url);
    if (text !== undefined) sendText(response, text);
    else if (url === roles + role) held.answer(response);
    else return { status: 404, message: 'nothing is here' };
    return 'admitted';
  };
}

/** Tokens that say themselves until when they are good, so that any number of them takes no memory. */
class ImdsTokens {
  readonly #key = randomBytes(32);

  issue(ttlSeconds: number): string {
    const until = String(Date.now() + ttlSeconds * 1000);
    return `${until}.${this.#sign(until)}`;
  }

  accepts(token: string): boolean {
    const [until = '', signature = ''] = token.split('.');
    const [given, expected] = [Buffer.from(signature), Buffer.from(this.#sign(until))];
    return given.length === expected.length && timingSafeEqual(given, expected) && Date.now() < Number(until);
  }

  #sign(until: string): string {
    return createHmac('sha256', this.#key).update(until).digest('base64url');
  }
}

/**
 * `Expiration` has a fraction of a second, although that of AWS has none: botocore takes one without, when it is less than
 * twenty minutes away, for the sign of an outage, and goes on with the set for ten minutes and more, whether it has
 * expired or not (`InstanceMetadataFetcher._evaluate_expiration`). One with a fraction it takes as it is.
 */
function imdsFormat(credentials: Credentials, expiration: Date, fetchedAt: Date): object {
  return {
    Code: 'Success',
    LastUpdated: fetchedAt.toISOString(),
    Type: 'AWS-HMAC',
    AccessKeyId: credentials.accessKeyId,
    SecretAccessKey: credentials.secretAccessKey,
    Token: credentials.sessionToken,
    Expiration: expiration.toISOString(),
    ...(credentials.accountId && { AccountId: credentials.accountId }),
  };
}

function sendText(response: ServerResponse, text: string, headers: Record<string, string> = {}): void {
  response.writeHead(200, { ...headers, 'content-type': 'text/plain', 'content-length': Buffer.byteLength(text) });
  response.end(text);
}
