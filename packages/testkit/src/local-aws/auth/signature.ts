/**
 * Computes the signature that a request must carry, with the SDK's own Signature Version 4 signer: the request is
 * signed again as its client must have signed it. It compares; it decides nothing else.
 */
import { timingSafeEqual } from 'node:crypto';
import { Sha256 } from '@smithy/core/checksum';
import { HttpRequest } from '@smithy/core/protocols';
import { SignatureV4 } from '@smithy/signature-v4';
import type { StoredCredentials } from '../credential-store.js';
import type { LocalRequest } from '../http/local-request.js';
import type { SignatureClaims } from './claims.js';

/** Whether the signature that the request claims is the one that these credentials make. */
export async function signatureMatches(
  request: LocalRequest,
  claims: SignatureClaims,
  credentials: StoredCredentials,
): Promise<boolean> {
  // The client that signed a header has sent it; the signer would pass over one that is not there.
  if ([...claims.signedHeaders].some((name) => !Object.hasOwn(request.headers, name))) return false;
  const expected = await (claims.place === 'header' ? signHeader : signQuery)(request, claims, credentials);
  const ours = Buffer.from(expected);
  const theirs = Buffer.from(claims.signature);
  return ours.length === theirs.length && timingSafeEqual(ours, theirs);
}

const signers = new WeakMap<StoredCredentials, Map<string, SignatureV4>>();

/** S3 signs the path as it was sent; every other service escapes it once more and normalises it. */
function signerFor({ service }: SignatureClaims, credentials: StoredCredentials): SignatureV4 {
  const known = signers.get(credentials) ?? new Map<string, SignatureV4>();
  signers.set(credentials, known);
  const signer =
    known.get(service) ??
    new SignatureV4({
      // A session token is among the headers or in the query already, where its client put it.
      credentials: { accessKeyId: credentials.accessKeyId, secretAccessKey: credentials.secretAccessKey },
      region: '',
      service,
      sha256: Sha256,
      uriEscapePath: service !== 's3',
      applyChecksum: false,
    });
  known.set(service, signer);
  return signer;
}

async function signHeader(
  request: LocalRequest,
  claims: SignatureClaims,
  credentials: StoredCredentials,
): Promise<string> {
  const signed = await signerFor(claims, credentials).sign(toSign(request, claims), {
    signingDate: claims.signedAt,
    signingRegion: claims.region,
    signableHeaders: new Set(claims.signedHeaders),
  });
  return signed.headers['authorization']?.split('Signature=')[1] ?? '';
}

async function signQuery(
  request: LocalRequest,
  claims: SignatureClaims,
  credentials: StoredCredentials,
): Promise<string> {
  const original = toSign(request, claims);
  const payload = 'x-amz-content-sha256';
  if (claims.service === 's3') original.headers[payload] ??= 'UNSIGNED-PAYLOAD';
  const unsignable = claims.signedHeaders.has(payload) ? [] : [payload];
  const signed = await signerFor(claims, credentials).presign(original, {
    signingDate: claims.signedAt,
    signingRegion: claims.region,
    expiresIn: claims.expiresSeconds ?? 0,
    signableHeaders: new Set(claims.signedHeaders),
    unsignableHeaders: new Set(unsignable),
    unhoistableHeaders: new Set(Object.keys(original.headers)),
  });
  return String(signed.query?.['X-Amz-Signature'] ?? '');
}

/** The request with nothing but what its client says it signed. */
function toSign(request: LocalRequest, { signedHeaders }: SignatureClaims): HttpRequest {
  return new HttpRequest({
    method: request.method,
    path: request.rawPath,
    query: Object.fromEntries(
      [...request.query].filter(([name]) => name !== 'X-Amz-Signature').map(([name, values]) => [name, [...values]]),
    ),
    headers: Object.fromEntries(Object.entries(request.headers).filter(([name]) => signedHeaders.has(name))),
    body: request.body,
  });
}
