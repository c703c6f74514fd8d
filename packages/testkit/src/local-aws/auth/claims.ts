/** What a request claims about its signature, in the `Authorization` header or in a presigned URL's query. Nothing is verified here. */
import { type LocalRequest, queryValue } from '../http/local-request.js';
import type { Caller } from '../service.js';
import { AuthFailure } from './auth-failure.js';

export interface SignatureClaims {
  readonly place: 'header' | 'query';
  readonly accessKeyId: string;
  /** `20261123`, from the credential scope. */
  readonly scopeDate: string;
  readonly region: string;
  readonly service: string;
  readonly signedHeaders: ReadonlySet<string>;
  readonly signature: string;
  readonly signedAt: Date;
  readonly sessionToken: string | undefined;
  /** How long a presigned URL is good for. */
  readonly expiresSeconds: number | undefined;
}

/** The claims of a request; `undefined` for an anonymous one. */
export function readClaims(request: LocalRequest): SignatureClaims | undefined {
  const header = request.headers['authorization'];
  if (header !== undefined) {
    const [, credential, signedHeaders, signature] = authorization.exec(header) ?? [];
    return parse('header', credential, signedHeaders, signature, request.headers['x-amz-date'], {
      sessionToken: request.headers['x-amz-security-token'],
      expires: undefined,
    });
  }
  if (!request.query.has('X-Amz-Signature')) return undefined;
  const value = (name: string): string | undefined => queryValue(request, name);
  if (value('X-Amz-Algorithm') !== 'AWS4-HMAC-SHA256') throw new AuthFailure('malformed');
  return parse(
    'query',
    value('X-Amz-Credential'),
    value('X-Amz-SignedHeaders'),
    value('X-Amz-Signature'),
    value('X-Amz-Date'),
    { sessionToken: value('X-Amz-Security-Token'), expires: value('X-Amz-Expires') },
  );
}

const authorization =
  /^AWS4-HMAC-SHA256\s+Credential=([^,\s]+),\s*SignedHeaders=([^,\s]+),\s*Signature=([0-9a-f]{64})$/;
const scope = /^([^/]+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request$/;
const amzDate = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/;

function parse(
  place: SignatureClaims['place'],
  credential: string | undefined,
  signedHeaders: string | undefined,
  signature: string | undefined,
  date: string | undefined,
  more: { sessionToken: string | undefined; expires: string | undefined },
): SignatureClaims {
  const [, accessKeyId, scopeDate, region, service] = scope.exec(credential ?? '') ?? [];
  const signedAt = new Date((date ?? '').replace(amzDate, '$1-$2-$3T$4:$5:$6Z'));
  const expiresSeconds = more.expires === undefined ? undefined : Number(more.expires);
  if (
    !accessKeyId ||
    !scopeDate ||
    !region ||
    !service ||
    !signedHeaders ||
    !signature ||
    Number.isNaN(signedAt.getTime()) ||
    (place === 'query' && !(expiresSeconds !== undefined && expiresSeconds >= 1 && expiresSeconds <= 604_800))
  ) {
    throw new AuthFailure('malformed');
  }
  const { sessionToken } = more;
  const names = new Set(signedHeaders.split(';'));
  return {
    place,
    accessKeyId,
    scopeDate,
    region,
    service,
    signedHeaders: names,
    signature,
    signedAt,
    sessionToken,
    expiresSeconds,
  };
}

/** The access key that a request names, whatever else is wrong with it. */
export function claimedCaller(request: LocalRequest): Caller {
  const header = request.headers['authorization'];
  const accessKeyId =
    header === undefined
      ? queryValue(request, 'X-Amz-Credential')?.split('/')[0]
      : /Credential=([\w-]+)\//.exec(header)?.[1];
  return accessKeyId === undefined ? {} : { accessKeyId };
}
