/** Decides whether a request is let in, and as whom: the scope, the time, the key, its token and expiry, the body, the signature. */
import { createHash } from 'node:crypto';
import type { CredentialStore, StoredCredentials } from '../credential-store.js';
import type { LocalRequest } from '../http/local-request.js';
import type { ServerClock } from '../server-clock.js';
import { AuthFailure } from './auth-failure.js';
import { readClaims, type SignatureClaims } from './claims.js';
import { signatureMatches } from './signature.js';

/** How far a request's time may be from the server's, in milliseconds: 15 minutes, as at AWS. */
export const allowedSkewMs: number = 15 * 60_000;

/** A request that was let in. */
export interface Authenticated {
  readonly credentials: StoredCredentials;
  readonly region: string;
}

/**
 * Lets a request in or says why not.
 *
 * @throws {@link AuthFailure} with the reason.
 */
export async function authenticate(
  request: LocalRequest,
  service: 'sts' | 's3',
  store: CredentialStore,
  clock: ServerClock,
): Promise<Authenticated> {
  const now = clock.now();
  const claims = readClaims(request);
  if (!claims) throw new AuthFailure('anonymous');
  const refuse = (reason: AuthFailure['reason']): AuthFailure => new AuthFailure(reason, claims.signedAt.getTime());
  if (!scopeFits(claims, service)) throw refuse('wrong scope');
  checkTime(claims, now, refuse);
  const credentials = store.find(claims.accessKeyId);
  if (!credentials) throw refuse('unknown key');
  if (credentials.sessionToken !== claims.sessionToken) {
    // A temporary key without its token is no key at all; any other token is a bad one.
    throw refuse(claims.sessionToken === undefined ? 'unknown key' : 'wrong token');
  }
  if (credentials.revokedAs === 'InvalidToken') throw refuse('wrong token');
  if (credentials.revokedAs === 'ExpiredToken' || now >= (credentials.expiresAt ?? Infinity)) throw refuse('expired');
  if (service === 's3' && !headersAreSigned(request, claims)) throw refuse('unsigned headers');
  if (!bodyFits(request)) throw refuse('body differs');
  if (!(await signatureMatches(request, claims, credentials))) throw refuse('wrong signature');
  return { credentials, region: claims.region };
}

function scopeFits(claims: SignatureClaims, service: string): boolean {
  const day = claims.signedAt.toISOString().slice(0, 10).replaceAll('-', '');
  return claims.service === service && claims.scopeDate === day;
}

function checkTime(claims: SignatureClaims, now: number, refuse: (reason: AuthFailure['reason']) => AuthFailure): void {
  const age = now - claims.signedAt.getTime();
  if (age < -allowedSkewMs) throw refuse('request in the future');
  if (claims.expiresSeconds !== undefined) {
    if (age >= claims.expiresSeconds * 1000) throw refuse('link expired');
  } else if (age > allowedSkewMs) {
    throw refuse('request too old');
  }
}

/** S3 trusts no header of its own that the signature does not cover. */
function headersAreSigned({ headers }: LocalRequest, { place, signedHeaders }: SignatureClaims): boolean {
  const own = Object.keys(headers).filter((name) => name.startsWith('x-amz-'));
  return signedHeaders.has('host') && (place === 'query' || own.every((name) => signedHeaders.has(name)));
}

/** Where the request names a hash of its body, it must be the body's. */
function bodyFits({ headers, body }: LocalRequest): boolean {
  const claimed = headers['x-amz-content-sha256'];
  if (claimed === undefined || !/^[0-9a-f]{64}$/i.test(claimed)) return true;
  return createHash('sha256').update(body).digest('hex') === claimed.toLowerCase();
}
