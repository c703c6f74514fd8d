import { Sha256 } from '@smithy/core/checksum';
import { SignatureV4 } from '@smithy/signature-v4';
import { describe, expect, it } from 'vitest';
import { CredentialStore } from '../credential-store.js';
import type { LocalRequest } from '../http/local-request.js';
import { userPrincipal } from '../principals.js';
import { ServerClock } from '../server-clock.js';
import { authenticate } from './authenticate.js';

const signedAt = new Date('2026-11-23T12:00:00Z');

class FixedClock extends ServerClock {
  constructor(private readonly time: number) {
    super(0);
  }

  override now(): number {
    return this.time;
  }
}

async function setUp(expiresAt: number) {
  const store = new CredentialStore();
  const issued = store.issue(userPrincipal('developer', '123456789012'), expiresAt);
  const signer = new SignatureV4({ credentials: issued, region: 'eu-west-1', service: 'sts', sha256: Sha256 });
  const body = 'Action=GetCallerIdentity&Version=2011-06-15';
  const { headers } = await signer.sign(
    {
      method: 'POST',
      protocol: 'http:',
      hostname: 'localhost',
      path: '/',
      query: {},
      headers: { host: 'localhost' },
      body,
    },
    { signingDate: signedAt },
  );
  const request: LocalRequest = { method: 'POST', rawPath: '/', query: new Map(), headers, body: Buffer.from(body) };
  const at = async (offsetMs: number, changed: Partial<LocalRequest> = {}, service: 'sts' | 's3' = 'sts') =>
    authenticate({ ...request, ...changed }, service, store, new FixedClock(signedAt.getTime() + offsetMs)).then(
      ({ credentials }) => credentials.accessKeyId,
      (error: unknown) => (error as { reason: string }).reason,
    );
  return { at, request, accessKeyId: issued.accessKeyId };
}

describe('authenticate', () => {
  it('lets nobody in from the millisecond of the expiry on', async () => {
    const { at, accessKeyId } = await setUp(signedAt.getTime() + 5_000);
    expect(await at(4_999)).toBe(accessKeyId);
    expect(await at(5_000)).toBe('expired');
  });

  it('allows fifteen minutes between the clocks', async () => {
    const { at, accessKeyId } = await setUp(Infinity);
    expect(await at(900_000)).toBe(accessKeyId);
    expect(await at(900_001)).toBe('request too old');
    expect(await at(-900_000)).toBe(accessKeyId);
    expect(await at(-900_001)).toBe('request in the future');
  });

  it('notices every change', async () => {
    const { at, request } = await setUp(Infinity);
    const { headers } = request;
    expect(await at(0, { method: 'GET' })).toBe('wrong signature');
    expect(await at(0, { rawPath: '/other' })).toBe('wrong signature');
    expect(await at(0, { query: new Map([['a', ['b']]]) })).toBe('wrong signature');
    expect(await at(0, { headers: { ...headers, host: 'elsewhere' } })).toBe('wrong signature');
    expect(await at(0, { body: Buffer.from('Action=AssumeRole') })).toBe('body differs');
    const authorization = headers['authorization']?.replace('SignedHeaders=', 'SignedHeaders=accept;') ?? '';
    expect(await at(0, { headers: { ...headers, authorization } })).toBe('wrong signature');
    const { 'x-amz-content-sha256': _, ...unhashed } = headers;
    expect(await at(0, { headers: unhashed })).toBe('wrong signature');
    expect(await at(0, { headers: { ...headers, 'x-amz-security-token': 'other' } })).toBe('wrong token');
    expect(await at(0, { headers: {} })).toBe('anonymous');
    expect(await at(0, {}, 's3')).toBe('wrong scope');
  });

  it('does not mind headers that were not signed', async () => {
    const { at, request, accessKeyId } = await setUp(Infinity);
    expect(
      await at(0, {
        headers: { ...request.headers, 'user-agent': 'proxy', connection: 'close', 'x-forwarded-for': '::1' },
      }),
    ).toBe(accessKeyId);
  });
});
