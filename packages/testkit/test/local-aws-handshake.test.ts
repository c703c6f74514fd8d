/** The request that opens an MQTT WebSocket: whose signature holds, and what is refused. */
import { Sha256 } from '@smithy/core/checksum';
import { HttpRequest } from '@smithy/core/protocols';
import { SignatureV4 } from '@smithy/signature-v4';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type LocalAws, startLocalAws } from '../src/index.js';

let aws: LocalAws;
let set: { accessKeyId: string; secretAccessKey: string; sessionToken: string };
beforeAll(async () => {
  aws = await startLocalAws();
  set = await assumeRole();
});
afterAll(() => aws.close());

async function assumeRole(): Promise<typeof set> {
  const sts = new STSClient({ endpoint: aws.endpoint, region: aws.region, credentials: aws.baseCredentials });
  const RoleArn = 'arn:aws:iam::123456789012:role/device';
  const { Credentials: issued } = await sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'lamp' }));
  sts.destroy();
  return {
    accessKeyId: issued?.AccessKeyId ?? '',
    secretAccessKey: issued?.SecretAccessKey ?? '',
    sessionToken: issued?.SessionToken ?? '',
  };
}

interface Signing {
  readonly credentials?: Partial<typeof set>;
  readonly token?: string;
  readonly service?: string;
  readonly path?: string;
  readonly signedAt?: Date;
}

/** Signed as devices do it: the token comes after the signature. */
async function handshake({ credentials, token, service = 'iotdevicegateway', path = '/mqtt', signedAt }: Signing = {}) {
  const { accessKeyId, secretAccessKey, sessionToken } = { ...set, ...credentials };
  const signer = new SignatureV4({
    credentials: { accessKeyId, secretAccessKey },
    region: 'eu-west-1',
    service,
    sha256: Sha256,
  });
  const headers = { host: 'localhost:8443' };
  const request = new HttpRequest({ method: 'GET', path, headers });
  const { query = {} } = await signer.presign(request, { expiresIn: 60, signingDate: signedAt ?? new Date() });
  const signed = { ...query, 'X-Amz-Security-Token': token ?? sessionToken };
  const pairs = Object.entries(signed).map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`);
  return { url: `${path}?${pairs.join('&')}`, headers };
}

it('is let in where it is signed with credentials that are valid', async () => {
  expect(aws.verifyHandshake(await handshake())).toBe(set.accessKeyId);
});

const minutes = (count: number): Date => new Date(Date.now() + count * 60_000);

it.each<[string, () => Promise<{ url?: string; headers: Record<string, string> }>]>([
  ['anonymous', async () => ({ url: '/mqtt', headers: {} })],
  ['anonymous', async () => ({ headers: {} })],
  ['malformed', async () => ({ url: '/mqtt?X-Amz-Signature=%', headers: {} })],
  ['malformed', async () => ({ url: '/mqtt?X-Amz-Signature=00', headers: {} })],
  ['wrong scope', () => handshake({ service: 'iotdata' })],
  ['wrong scope', () => handshake({ path: '/other' })],
  ['request in the future', () => handshake({ signedAt: minutes(20) })],
  ['request too old', () => handshake({ signedAt: minutes(-20) })],
  ['link expired', () => handshake({ signedAt: minutes(-2) })],
  ['unknown key', () => handshake({ credentials: { accessKeyId: 'ASIAUNKNOWN' } })],
  ['wrong token', () => handshake({ token: 'other' })],
  ['wrong token', () => handshake({ token: '' })],
  ['wrong signature', () => handshake({ credentials: { secretAccessKey: 'other' } })],
  ['wrong signature', async () => ({ ...(await handshake()), headers: { host: 'elsewhere' } })],
  ['wrong signature', async () => ({ ...(await handshake()), url: `${(await handshake()).url}&more=1` })],
])('is refused: %s', async (reason, request) => {
  const made = await request();
  expect(() => aws.verifyHandshake(made)).toThrow(`The request was not let in: ${reason}.`);
});

it.each([
  ['ExpiredToken', 'expired'],
  ['InvalidToken', 'wrong token'],
] as const)('is refused where the credentials were revoked as %s', async (as, reason) => {
  const credentials = await assumeRole();
  const request = await handshake({ credentials });
  expect(aws.verifyHandshake(request)).toBe(credentials.accessKeyId);
  aws.revoke(credentials.accessKeyId, as);
  expect(() => aws.verifyHandshake(request)).toThrow(`: ${reason}.`);
});

it('is refused where the credentials have expired by the clock of the server', async () => {
  const request = await handshake({ credentials: await assumeRole(), signedAt: minutes(61) });
  aws.clockOffsetMs = 61 * 60_000;
  expect(() => aws.verifyHandshake(request)).toThrow(': expired.');
  aws.clockOffsetMs = 0;
});
