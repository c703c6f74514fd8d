/**
 * Judges the request that opens an MQTT WebSocket, as the gateway of IoT Core does: it is signed in its query, and the
 * session token is put there after that. The SDK's signer, which the other services are checked with, signs no such request.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { CredentialStore } from '../credential-store.js';
import type { ServerClock } from '../server-clock.js';
import { allowedSkewMs } from './authenticate.js';
import { AuthFailure } from './auth-failure.js';

/** What is looked at of a request. */
export interface HandshakeRequest {
  readonly url?: string | undefined;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

const scope = /^([^/]+)\/(\d{8})\/([^/]+)\/iotdevicegateway\/aws4_request$/;
const amzDate = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/;

/**
 * The access key id of who has signed the request.
 *
 * @throws {@link AuthFailure} with the reason why it is refused.
 */
export function checkHandshake(request: HandshakeRequest, store: CredentialStore, clock: ServerClock): string {
  const [path = '', query = ''] = (request.url ?? '').split('?');
  const value = readQuery(query);
  const signedAt = Date.parse(value('X-Amz-Date').replace(amzDate, '$1-$2-$3T$4:$5:$6Z'));
  const refuse = (reason: AuthFailure['reason']): AuthFailure => new AuthFailure(reason, signedAt || 0);
  if (!value('X-Amz-Signature')) throw refuse('anonymous');
  if (Number.isNaN(signedAt) || value('X-Amz-Algorithm') !== 'AWS4-HMAC-SHA256') throw refuse('malformed');
  const [credential, accessKeyId = '', date = '', region = ''] = scope.exec(value('X-Amz-Credential')) ?? [];
  if (path !== '/mqtt' || !credential || !value('X-Amz-Date').startsWith(date)) throw refuse('wrong scope');
  const now = clock.now();
  if (signedAt - now > allowedSkewMs) throw refuse('request in the future');
  if (now - signedAt > allowedSkewMs) throw refuse('request too old');
  if (value('X-Amz-Expires') && now - signedAt >= Number(value('X-Amz-Expires')) * 1000) throw refuse('link expired');
  const credentials = store.find(accessKeyId);
  if (!credentials) throw refuse('unknown key');
  const { sessionToken = '', revokedAs, expiresAt = Infinity, secretAccessKey } = credentials;
  if (value('X-Amz-Security-Token') !== sessionToken || revokedAs === 'InvalidToken') throw refuse('wrong token');
  if (revokedAs || now >= expiresAt) throw refuse('expired');

  const signedHeaders = value('X-Amz-SignedHeaders');
  const canonicalQuery = query
    .split('&')
    .filter((pair) => !/^X-Amz-(Signature|Security-Token)=/.test(pair))
    .sort()
    .join('&');
  const headers = signedHeaders.split(';').map((name) => `${name}:${String(request.headers[name])}\n`);
  const canonical = ['GET', path, canonicalQuery, headers.join(''), signedHeaders, sha256('')].join('\n');
  const scopes = [date, region, 'iotdevicegateway', 'aws4_request'];
  const text = ['AWS4-HMAC-SHA256', value('X-Amz-Date'), scopes.join('/'), sha256(canonical)].join('\n');
  const key = scopes.reduce<string | Buffer>(hmac, `AWS4${secretAccessKey}`);
  const [ours, theirs] = [hmac(key, text), Buffer.from(value('X-Amz-Signature'), 'hex')];
  if (ours.length !== theirs.length || !timingSafeEqual(ours, theirs)) throw refuse('wrong signature');
  return accessKeyId;
}

/** Gives the values of a query by name, decoded; empty for one that is not there. */
function readQuery(query: string): (name: string) => string {
  const pairs = new Map(
    query.split('&').map((pair) => {
      const [name = '', value = ''] = pair.split('=');
      return [name, value];
    }),
  );
  return (name) => {
    try {
      return decodeURIComponent(pairs.get(name) ?? '');
    } catch {
      // No client escapes like that.
      throw new AuthFailure('malformed');
    }
  };
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();
