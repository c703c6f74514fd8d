/** The S3 of the loopback AWS, through the SDK's own client: what it keeps and how it refuses. */
import { Readable } from 'node:stream';
import {
  CopyObjectCommand,
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  paginateListObjectsV2,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type LocalAws, startLocalAws } from '../src/index.js';
import { assume, configOf, readerArn, refusal, s3Of } from './support/clients.js';

afterEach(() => {
  vi.useRealTimers();
});

interface SignedRequest {
  body: unknown;
  headers: Record<string, string>;
}

const text = async (s3: S3Client, Key: string): Promise<string | undefined> =>
  (await s3.send(new GetObjectCommand({ Bucket: 'reports', Key }))).Body?.transformToString();

describe('objects', () => {
  it.each([
    'plain',
    'a/b/c',
    'a//b',
    '/leading',
    'dots/../up',
    './here',
    'sp ace+plus',
    'ünï©ode/🗝',
    '%41%2F',
    'q\'&<>"=?#',
    '~*()!',
  ])('come back under the key %j', async (Key) => {
    await using aws = await startLocalAws({ buckets: ['reports'] });
    const s3 = s3Of(aws);
    await s3.send(new PutObjectCommand({ Bucket: 'reports', Key, Body: 'the figures' }));
    expect(await text(s3, Key)).toBe('the figures');
    const { Contents } = await s3.send(new ListObjectsV2Command({ Bucket: 'reports' }));
    expect(Contents?.map((object) => object.Key)).toEqual([Key]);
    await s3.send(new DeleteObjectCommand({ Bucket: 'reports', Key }));
    expect(await refusal(text(s3, Key))).toMatchObject({ code: 'NoSuchKey', status: 404 });
  });

  it('keep their type, metadata, length and etag', async () => {
    await using aws = await startLocalAws({ buckets: ['reports'] });
    const s3 = s3Of(aws);
    const put = new PutObjectCommand({
      Bucket: 'reports',
      Key: 'k',
      Body: 'hello',
      ContentType: 'text/plain',
      Metadata: { author: 'alice' },
    });
    await s3.send(put);
    const head = await s3.send(new HeadObjectCommand({ Bucket: 'reports', Key: 'k', ChecksumMode: 'ENABLED' }));
    expect(head).toMatchObject({
      ContentLength: 5,
      ContentType: 'text/plain',
      ETag: '"5d41402abc4b2a76b9719d911017c592"',
      Metadata: { author: 'alice' },
      ChecksumCRC32: 'NhCmhg==',
    });
  });

  it.each(['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'] as const)(
    'are checked with %s',
    async (ChecksumAlgorithm) => {
      await using aws = await startLocalAws({ buckets: ['reports'] });
      const s3 = s3Of(aws);
      await s3.send(new PutObjectCommand({ Bucket: 'reports', Key: 'k', Body: 'hello', ChecksumAlgorithm }));
      expect(await text(s3, 'k')).toBe('hello');
      const field = `Checksum${ChecksumAlgorithm}`;
      const wrong = new PutObjectCommand({ Bucket: 'reports', Key: 'k2', Body: 'hello', [field]: 'AAAAAA==' });
      expect(await refusal(s3.send(wrong))).toMatchObject({ code: 'BadDigest', status: 400 });
    },
  );

  it('arrive as streams in aws-chunked wrapping with a trailer', async () => {
    await using aws = await startLocalAws({ buckets: ['reports'] });
    const s3 = s3Of(aws);
    let wrapped: string | undefined;
    s3.middlewareStack.add(
      (next) => (args) => {
        wrapped = (args.request as { headers: Record<string, string> }).headers['x-amz-content-sha256'];
        return next(args);
      },
      { step: 'finalizeRequest', priority: 'low' },
    );
    const Body = Readable.from(['five ', 'years ', 'of ', 'figures'].map((chunk) => Buffer.from(chunk)));
    await s3.send(new PutObjectCommand({ Bucket: 'reports', Key: 'k', Body, ContentLength: 21 }));
    expect(wrapped).toBe('STREAMING-UNSIGNED-PAYLOAD-TRAILER');
    expect(await text(s3, 'k')).toBe('five years of figures');
  });

  it.each([
    new CopyObjectCommand({
      Bucket: 'reports',
      Key: 'k',
      CopySource: 'reports/from',
      CopySourceIfModifiedSince: new Date(0),
    }),
    new CopyObjectCommand({ Bucket: 'reports', Key: 'k', CopySource: 'reports/from?versionId=1' }),
    new CopyObjectCommand({ Bucket: 'reports', Key: 'k', CopySource: 'reports/from', ChecksumAlgorithm: 'SHA256' }),
    new GetObjectCommand({ Bucket: 'reports', Key: 'k', IfModifiedSince: new Date(0) }),
    new GetObjectCommand({ Bucket: 'reports', Key: 'k', VersionId: '1' }),
    new PutObjectCommand({ Bucket: 'reports', Key: 'k', Body: 'x', Tagging: 'a=b' }),
    new DeleteObjectCommand({ Bucket: 'reports', Key: 'k', IfMatch: 'x' }),
    new DeleteObjectsCommand({ Bucket: 'reports', Delete: { Objects: [{ Key: 'k', VersionId: '1' }] } }),
    new ListMultipartUploadsCommand({ Bucket: 'reports' }),
  ])('refuse what this server does not know', async (command) => {
    await using aws = await startLocalAws({ buckets: ['reports'] });
    const call = (s3Of(aws) as { send: (command: unknown) => Promise<unknown> }).send(command);
    expect(await refusal(call)).toMatchObject({ code: 'NotImplemented', status: 501 });
  });
});

describe('buckets', () => {
  it('are made, listed and removed', async () => {
    await using aws = await startLocalAws({ buckets: ['reports'] });
    const s3 = s3Of(aws);
    await s3.send(new CreateBucketCommand({ Bucket: 'archive' }));
    aws.createBucket('zoo');
    const { Buckets } = await s3.send(new ListBucketsCommand({}));
    expect(Buckets?.map(({ Name }) => Name)).toEqual(['archive', 'reports', 'zoo']);
    await s3.send(new HeadBucketCommand({ Bucket: 'archive' }));
    await s3.send(new PutObjectCommand({ Bucket: 'archive', Key: 'k', Body: 'x' }));
    const remove = new DeleteBucketCommand({ Bucket: 'archive' });
    expect(await refusal(s3.send(remove))).toMatchObject({ code: 'BucketNotEmpty', status: 409 });
    await s3.send(new DeleteObjectCommand({ Bucket: 'archive', Key: 'k' }));
    await s3.send(remove);
    expect(await refusal(s3.send(new HeadBucketCommand({ Bucket: 'archive' })))).toMatchObject({ status: 404 });
  });

  it('must exist', async () => {
    await using aws = await startLocalAws();
    const s3 = s3Of(aws);
    const missing = { code: 'NoSuchBucket', status: 404 };
    expect(await refusal(text(s3, 'k'))).toMatchObject(missing);
    const put = new PutObjectCommand({ Bucket: 'reports', Key: 'k', Body: 'x' });
    expect(await refusal(s3.send(put))).toMatchObject(missing);
    expect(await refusal(s3.send(new ListObjectsV2Command({ Bucket: 'reports' })))).toMatchObject(missing);
  });

  it('are listed by prefix, folded at a delimiter, in pages', async () => {
    await using aws = await startLocalAws({ buckets: ['reports'] });
    const s3 = s3Of(aws);
    for (const Key of ['2025/a', '2025/b', '2026/a', '2026/q1/x', '2026/q1/y', 'readme']) {
      await s3.send(new PutObjectCommand({ Bucket: 'reports', Key, Body: Key }));
    }
    const root = await s3.send(new ListObjectsV2Command({ Bucket: 'reports', Delimiter: '/' }));
    expect(root.CommonPrefixes?.map(({ Prefix }) => Prefix)).toEqual(['2025/', '2026/']);
    expect(root.Contents?.map(({ Key, Size }) => [Key, Size])).toEqual([['readme', 6]]);
    const year = await s3.send(new ListObjectsV2Command({ Bucket: 'reports', Delimiter: '/', Prefix: '2026/' }));
    expect(year.CommonPrefixes?.map(({ Prefix }) => Prefix)).toEqual(['2026/q1/']);
    expect(year.Contents?.map(({ Key }) => Key)).toEqual(['2026/a']);
    const pages: (string | undefined)[][] = [];
    for await (const page of paginateListObjectsV2(
      { client: s3, pageSize: 4 },
      { Bucket: 'reports', StartAfter: '2025/a' },
    )) {
      pages.push((page.Contents ?? []).map(({ Key }) => Key));
    }
    expect(pages).toEqual([['2025/b', '2026/a', '2026/q1/x', '2026/q1/y'], ['readme']]);
  });
});

describe('who is let in', () => {
  const list = new ListBucketsCommand({});

  it('temporary credentials until the millisecond of their expiry', async () => {
    // Only the date stands still; sockets and timers go on.
    vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2026-11-23T12:00:00.500Z') });
    await using aws = await startLocalAws({ credentialLifetimeMs: 8_000 });
    const { expiration, ...identity } = await assume(aws);
    expect(expiration.toISOString()).toBe('2026-11-23T12:00:08.500Z');
    const s3 = s3Of(aws, identity);
    vi.setSystemTime(expiration.getTime() - 1);
    expect((await s3.send(list)).$metadata.httpStatusCode).toBe(200);
    vi.setSystemTime(expiration);
    expect(await refusal(s3.send(list))).toEqual({
      code: 'ExpiredToken',
      status: 400,
      message: 'The provided token has expired.',
    });
    expect(aws.count({ service: 's3', code: 'ExpiredToken' })).toBe(1);
  });

  it('the clock that counts is the server’s', async () => {
    await using aws = await startLocalAws({ credentialLifetimeMs: 60_000, clockOffsetMs: -300_000 });
    const { expiration, ...identity } = await assume(aws);
    expect(expiration.getTime()).toBeLessThan(Date.now());
    const answer = await s3Of(aws, identity).send(list);
    expect(answer.$metadata.httpStatusCode).toBe(200);
    const { headers } = await fetch(aws.endpoint);
    const serverTime = Date.now() - 300_000;
    expect(Math.abs(Date.parse(headers.get('date') ?? '') - serverTime)).toBeLessThan(60_000);
  });

  type Refused = { name: string; client: (aws: LocalAws) => Promise<S3Client>; expected: object };
  it.each<Refused>([
    {
      name: 'a key that nobody has',
      client: async (aws) => s3Of(aws, { accessKeyId: 'AKIAUNKNOWN', secretAccessKey: 'x' }),
      expected: { code: 'InvalidAccessKeyId', status: 403 },
    },
    {
      name: 'a wrong secret',
      client: async (aws) => s3Of(aws, { ...aws.baseCredentials, secretAccessKey: 'x' }),
      expected: { code: 'SignatureDoesNotMatch', status: 403 },
    },
    {
      name: 'a token of another set',
      client: async (aws) => {
        const [one, two] = [await assume(aws), await assume(aws)];
        return s3Of(aws, { ...one, sessionToken: two.sessionToken });
      },
      expected: { code: 'InvalidToken', status: 400 },
    },
    {
      name: 'a temporary key without its token',
      client: async (aws) => {
        const { accessKeyId, secretAccessKey } = await assume(aws);
        return s3Of(aws, { accessKeyId, secretAccessKey });
      },
      expected: { code: 'InvalidAccessKeyId', status: 403 },
    },
    {
      name: 'a set that was revoked',
      client: async (aws) => {
        const identity = await assume(aws);
        aws.revoke(identity.accessKeyId);
        return s3Of(aws, identity);
      },
      expected: { code: 'InvalidToken', status: 400 },
    },
    {
      name: 'a set that was revoked with all others, as expired',
      client: async (aws) => {
        const identity = await assume(aws);
        expect(aws.revokeAll('ExpiredToken')).toBe(1);
        return s3Of(aws, identity);
      },
      expected: { code: 'ExpiredToken', status: 400 },
    },
    {
      name: 'a clock that is 16 minutes off',
      client: async (aws) => {
        aws.clockOffsetMs = 16 * 60_000;
        return s3Of(aws);
      },
      expected: { code: 'RequestTimeTooSkewed', status: 403 },
    },
    {
      name: 'a role that allows something else only',
      client: async (aws) => {
        aws.putRole({ arn: readerArn, allow: ['s3:GetObject'] });
        return s3Of(aws, await assume(aws));
      },
      expected: { code: 'AccessDenied', status: 403 },
    },
  ])('not $name', async ({ client, expected }) => {
    await using aws = await startLocalAws();
    const s3 = await client(aws);
    expect(await refusal(s3.send(list))).toMatchObject(expected);
    expect(aws.requests.at(-1)).toMatchObject(expected);
  });

  it('a client corrects its clock by the Date header', async () => {
    await using aws = await startLocalAws({ clockOffsetMs: 2 * 3_600_000 });
    const s3 = new S3Client({ ...configOf(aws), maxAttempts: 2 });
    expect((await s3.send(list)).$metadata.attempts).toBe(2);
  });

  it('a role may do what it is allowed', async () => {
    await using aws = await startLocalAws({
      buckets: ['reports'],
      roles: [{ arn: readerArn, allow: ['s3:GetObject', 's3:ListBucket'] }],
    });
    await s3Of(aws).send(new PutObjectCommand({ Bucket: 'reports', Key: 'k', Body: 'hello' }));
    const reader = s3Of(aws, await assume(aws));
    expect(await text(reader, 'k')).toBe('hello');
    expect((await reader.send(new ListObjectsV2Command({ Bucket: 'reports' }))).KeyCount).toBe(1);
    const put = new PutObjectCommand({ Bucket: 'reports', Key: 'k', Body: 'changed' });
    expect(await refusal(reader.send(put))).toMatchObject({ code: 'AccessDenied' });
    expect(await text(reader, 'k')).toBe('hello');
  });

  it('nobody without a signature', async () => {
    await using aws = await startLocalAws({ buckets: ['reports'] });
    const answer = await fetch(`${aws.endpoint}/reports?list-type=2`);
    expect(answer.status).toBe(403);
    expect(await answer.text()).toContain('<Code>AccessDenied</Code>');
  });

  it.each<[string, (request: SignedRequest) => void, object]>([
    ['a body', (request) => (request.body = 'HELLO'), { code: 'XAmzContentSHA256Mismatch', status: 400 }],
    ['a header', (request) => (request.headers['x-amz-meta-a'] = 'c'), { code: 'SignatureDoesNotMatch', status: 403 }],
    [
      'one header more',
      (request) => (request.headers['x-amz-acl'] = 'public-read'),
      { code: 'AccessDenied', status: 403 },
    ],
  ])('not with %s that was changed on the way', async (_, change, expected) => {
    await using aws = await startLocalAws({ buckets: ['reports'] });
    const s3 = s3Of(aws);
    s3.middlewareStack.add(
      (next) => (args) => {
        change(args.request as SignedRequest);
        return next(args);
      },
      { step: 'deserialize', priority: 'low' },
    );
    const put = new PutObjectCommand({ Bucket: 'reports', Key: 'k', Body: 'hello', Metadata: { a: 'b' } });
    expect(await refusal(s3.send(put))).toMatchObject(expected);
  });
});

describe('presigned links', () => {
  it('open an object until they expire', async () => {
    await using aws = await startLocalAws({ buckets: ['reports'] });
    await s3Of(aws).send(new PutObjectCommand({ Bucket: 'reports', Key: 'a file', Body: 'hello' }));
    const reader = s3Of(aws, await assume(aws));
    const get = new GetObjectCommand({ Bucket: 'reports', Key: 'a file' });
    const link = await getSignedUrl(reader, get, { expiresIn: 60 });
    expect(await (await fetch(link)).text()).toBe('hello');
    const changed = await fetch(link.replace('a%20file', 'another'));
    expect(await changed.text()).toContain('<Code>SignatureDoesNotMatch</Code>');
    aws.clockOffsetMs = 60_000;
    const late = await fetch(link);
    expect([late.status, await late.text()]).toEqual([
      403,
      expect.stringContaining('<Message>Request has expired</Message>'),
    ]);
  });
});
