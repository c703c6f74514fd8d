import { describe, expect, it } from 'vitest';
import type { LocalRequest } from '../http/local-request.js';
import { claimedCaller, readClaims } from './claims.js';

const signature = 'a'.repeat(64);
const authorization = `AWS4-HMAC-SHA256 Credential=AKID/20261123/us-east-1/s3/aws4_request, SignedHeaders=host;x-amz-date, Signature=${signature}`;

function request(headers: Record<string, string>, query: Record<string, string> = {}): LocalRequest {
  const entries = Object.entries(query).map(([name, value]) => [name, [value]] as const);
  return { method: 'GET', rawPath: '/', query: new Map(entries), headers, body: Buffer.alloc(0) };
}

const link = {
  'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
  'X-Amz-Credential': 'AKID/20261123/us-east-1/s3/aws4_request',
  'X-Amz-Date': '20261123T120000Z',
  'X-Amz-Expires': '60',
  'X-Amz-SignedHeaders': 'host',
  'X-Amz-Signature': signature,
};

describe('readClaims', () => {
  it('reads the header', () => {
    expect(
      readClaims(request({ authorization, 'x-amz-date': '20261123T120000Z', 'x-amz-security-token': 't' })),
    ).toEqual({
      place: 'header',
      accessKeyId: 'AKID',
      scopeDate: '20261123',
      region: 'us-east-1',
      service: 's3',
      signedHeaders: new Set(['host', 'x-amz-date']),
      signature,
      signedAt: new Date('2026-11-23T12:00:00Z'),
      sessionToken: 't',
      expiresSeconds: undefined,
    });
  });

  it('reads a link', () => {
    expect(readClaims(request({}, link))).toMatchObject({ place: 'query', accessKeyId: 'AKID', expiresSeconds: 60 });
  });

  it('finds none in an anonymous request', () => {
    expect(readClaims(request({}))).toBeUndefined();
  });

  it.each<[string, Record<string, string>, Record<string, string>]>([
    ['another scheme', { authorization: 'Basic YTpi', 'x-amz-date': '20261123T120000Z' }, {}],
    ['no date', { authorization }, {}],
    ['a date that is none', { authorization, 'x-amz-date': '20261399T120000Z' }, {}],
    [
      'a scope without service',
      { authorization: authorization.replace('/s3', ''), 'x-amz-date': '20261123T120000Z' },
      {},
    ],
    ['a link of another algorithm', {}, { ...link, 'X-Amz-Algorithm': 'AWS4-ECDSA-P256-SHA256' }],
    ['a link without an end', {}, { ...link, 'X-Amz-Expires': '604801' }],
  ])('refuses %s', (_, headers, query) => {
    expect(() => readClaims(request(headers, query))).toThrow(expect.objectContaining({ reason: 'malformed' }));
  });
});

describe('claimedCaller', () => {
  it('finds the key whatever else is wrong', () => {
    expect(claimedCaller(request({ authorization: 'AWS4-HMAC-SHA256 Credential=AKID/nonsense' }))).toEqual({
      accessKeyId: 'AKID',
    });
    expect(claimedCaller(request({}, { 'X-Amz-Credential': 'AKID/nonsense' }))).toEqual({ accessKeyId: 'AKID' });
    expect(claimedCaller(request({ authorization: 'Basic YTpi' }))).toEqual({});
    expect(claimedCaller(request({}))).toEqual({});
  });
});
