import { Readable } from 'node:stream';
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { KinesisClient, ListStreamsCommand } from '@aws-sdk/client-kinesis';
import {
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  paginateListObjectsV2,
  PutObjectCommand,
  S3,
  S3Client,
} from '@aws-sdk/client-s3';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import {
  LanguageCode,
  StartStreamTranscriptionCommand,
  TranscribeStreamingClient,
} from '@aws-sdk/client-transcribe-streaming';
import { DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import { RefreshableSession, type Strategy } from '@brs/core';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ManualClock, ScriptedSource, scriptedStrategy, startLocalAws } from '../../src/index.js';
import { type CannedAnswer, json, jsonError, s3Error, startCannedService } from './support/canned-service.js';
import { rejectionOf } from './support/rejection.js';
import { assumeRole, roleStrategy } from './support/role-strategy.js';
import { expectNothingUnhandled } from './support/unhandled.js';

expectNothingUnhandled();

async function setUp() {
  const aws = await startLocalAws({ buckets: ['reports'] });
  onTestFinished(() => aws.close());
  const session = new RefreshableSession({ strategy: roleStrategy(aws), region: aws.region });
  onTestFinished(() => session.close());
  const s3 = session.client(S3Client, { endpoint: aws.endpoint });
  const s3Statuses = () => aws.requests.filter(({ service }) => service === 's3').map(({ status }) => status);
  return { aws, session, s3, s3Statuses };
}

/** A session over a scripted source, for services whose answers the test writes. */
function scripted(more: Partial<Strategy> = {}) {
  const clock = new ManualClock(Date.now());
  const source = new ScriptedSource({ clock });
  const session = new RefreshableSession({
    strategy: scriptedStrategy(source, more),
    clock,
    random: () => 0,
    region: 'us-east-1',
  });
  onTestFinished(() => session.close());
  return { clock, source, session };
}

describe('a token that the service rejects', () => {
  it.each(['ExpiredToken', 'InvalidToken'] as const)(
    'as %s, from S3: one other set, one more try, and the caller sees success',
    async (code) => {
      const { aws, session, s3, s3Statuses } = await setUp();
      await s3.send(new ListBucketsCommand({}));
      const invalidated: unknown[] = [];
      session.on('invalidated', (event) => invalidated.push(event));
      aws.revoke((await session.getCredentials()).accessKeyId, code);
      const { Buckets } = await s3.send(new ListBucketsCommand({}));
      expect(Buckets).toMatchObject([{ Name: 'reports' }]);
      expect(s3Statuses()).toEqual([200, 400, 200]);
      expect(aws.count(assumeRole)).toBe(2);
      expect(invalidated).toHaveLength(1);
    },
  );

  it('by STS, in the query protocol', async () => {
    const { aws, session } = await setUp();
    const sts = session.client(STSClient, { endpoint: aws.endpoint });
    await sts.send(new GetCallerIdentityCommand({}));
    aws.revoke((await session.getCredentials()).accessKeyId, 'ExpiredToken');
    expect((await sts.send(new GetCallerIdentityCommand({}))).Arn).toContain('assumed-role/reader');
    expect(aws.count(assumeRole)).toBe(2);
  });

  const rejections: [string, (code: string) => CannedAnswer][] = [
    ['ExpiredTokenException', jsonError],
    ['ExpiredToken', jsonError],
    ['InvalidToken', jsonError],
    ['UnrecognizedClientException', jsonError],
    ['InvalidClientTokenId', jsonError],
    ['TokenRefreshRequired', s3Error],
  ];
  it.each(rejections)('as %s', async (code, errorOf) => {
    const { session, source } = scripted();
    await using service = await startCannedService(({ keyId }) =>
      keyId === 'ASIAGENERATION1' ? errorOf(code) : json({ TableNames: ['a'] }),
    );
    const { endpoint } = service;
    await (errorOf === s3Error
      ? session.client(S3Client, { endpoint }).send(new PutObjectCommand({ Bucket: 'b', Key: 'k', Body: 'x' }))
      : session.client(DynamoDBClient, { endpoint }).send(new ListTablesCommand({})));
    expect(service.keyIds).toEqual(['ASIAGENERATION1', 'ASIAGENERATION2']);
    expect(source.calls).toBe(2);
  });

  it('over HTTP/2', async () => {
    const { session } = scripted();
    await using service = await startCannedService(
      ({ keyId }) =>
        keyId === 'ASIAGENERATION1'
          ? jsonError('ExpiredTokenException')
          : json({ StreamNames: ['a'], HasMoreStreams: false }),
      'h2',
    );
    const { StreamNames } = await session
      .client(KinesisClient, { endpoint: service.endpoint })
      .send(new ListStreamsCommand({}));
    expect(StreamNames).toEqual(['a']);
    expect(service.keyIds).toEqual(['ASIAGENERATION1', 'ASIAGENERATION2']);
  });

  it('by the class that has every operation as a method', async () => {
    const { aws, session } = await setUp();
    const s3 = session.client(S3, { endpoint: aws.endpoint });
    await s3.listBuckets({});
    aws.revokeAll();
    expect((await s3.listBuckets({})).Buckets).toHaveLength(1);
    expect(aws.count(assumeRole)).toBe(2);
  });

  it('by a client that makes a single attempt itself', async () => {
    const { aws, session } = await setUp();
    const s3 = session.client(S3Client, { endpoint: aws.endpoint, maxAttempts: 1 });
    await s3.send(new ListBucketsCommand({}));
    aws.revokeAll();
    await s3.send(new ListBucketsCommand({}));
    expect(aws.count(assumeRole)).toBe(2);
  });

  it('in the middle of a paginated listing', async () => {
    const { aws, s3 } = await setUp();
    for (const Key of ['a', 'b', 'c', 'd']) await s3.send(new PutObjectCommand({ Bucket: 'reports', Key, Body: Key }));
    const keys: unknown[] = [];
    for await (const { Contents = [] } of paginateListObjectsV2({ client: s3, pageSize: 1 }, { Bucket: 'reports' })) {
      keys.push(...Contents.map(({ Key }) => Key));
      aws.revokeAll();
    }
    expect(keys).toEqual(['a', 'b', 'c', 'd']);
  });

  it('with the document client on top, which has rewritten the input by then', async () => {
    const { session } = scripted();
    await using service = await startCannedService(({ keyId }) =>
      keyId === 'ASIAGENERATION1' ? jsonError('ExpiredTokenException') : json({}),
    );
    const documents = DynamoDBDocumentClient.from(session.client(DynamoDBClient, { endpoint: service.endpoint }));
    await documents.send(new PutCommand({ TableName: 'things', Item: { id: 'a', tags: new Set(['x']) } }));
    const [rejected, accepted] = service.requests.map(({ body }) => JSON.parse(String(body)) as object);
    expect(accepted).toEqual(rejected);
    expect(accepted).toMatchObject({ Item: { id: { S: 'a' }, tags: { SS: ['x'] } } });
  });

  it('in twenty requests at once: no failure, and one other set for all', async () => {
    const { aws, s3 } = await setUp();
    await s3.send(new ListBucketsCommand({}));
    expect(aws.revokeAll()).toBe(1);
    const answers = await Promise.all(Array.from({ length: 20 }, () => s3.send(new ListBucketsCommand({}))));
    expect(answers.every(({ Buckets }) => Buckets?.length === 1)).toBe(true);
    expect(aws.count(assumeRole)).toBe(2);
  });

  it('in twenty requests one after the other, each with another client: the same', async () => {
    const { aws, session } = await setUp();
    const clients = Array.from({ length: 20 }, (_, index) =>
      session.client(S3Client, { endpoint: aws.endpoint, customUserAgent: `${index}` }),
    );
    await clients[0]?.send(new ListBucketsCommand({}));
    aws.revokeAll();
    for (const client of clients) await client.send(new ListBucketsCommand({}));
    expect(aws.count(assumeRole)).toBe(2);
  });

  it.each(['ExpiredToken', 'InvalidClientTokenId', 'UnrecognizedClientException'])(
    'in whoami(), as %s: looked up once more with another set',
    async (name) => {
      const keys: string[] = [];
      const { session, source } = scripted({
        identity: async ({ credentials }) => {
          const { accessKeyId } = await credentials();
          if (keys.push(accessKeyId) === 1) throw Object.assign(new Error('said the service'), { name });
          return { method: 'scripted', arn: accessKeyId };
        },
      });
      expect(await session.whoami()).toEqual({ method: 'scripted', arn: 'ASIAGENERATION2' });
      expect(keys).toEqual(['ASIAGENERATION1', 'ASIAGENERATION2']);
      expect(source.calls).toBe(2);
    },
  );

  it.each(['ExpiredToken', 'InvalidToken'] as const)('in whoami(), by STS itself, as %s', async (code) => {
    const { aws } = await setUp();
    const identity: Strategy['identity'] = async ({ credentials }) => {
      const sts = new STSClient({ endpoint: aws.endpoint, region: aws.region, credentials });
      onTestFinished(() => sts.destroy());
      return { method: 'role', arn: (await sts.send(new GetCallerIdentityCommand({}))).Arn };
    };
    await using session = new RefreshableSession({ strategy: { ...roleStrategy(aws), identity } });
    aws.revoke((await session.getCredentials()).accessKeyId, code);
    expect((await session.whoami()).arn).toContain('assumed-role/reader');
    expect(aws.count(assumeRole)).toBe(2);
  });

  it('in whoami() again and again: each call looks up at most twice, and the source is asked a bounded number of times', async () => {
    let lookups = 0;
    const rejected = Object.assign(new Error('said the service'), { name: 'ExpiredToken' });
    const { session, source } = scripted({
      identity: async ({ credentials }) => {
        await credentials();
        lookups++;
        throw rejected;
      },
    });
    for (let call = 0; call < 20; call++) expect(await rejectionOf(session.whoami())).toBe(rejected);
    expect(lookups).toBe(20 + 5);
    expect(source.calls).toBe(1 + 5);
  });

  it('in whoami(), as anything else: passed on, and nothing is invalidated', async () => {
    const denied = Object.assign(new Error('said the service'), { name: 'AccessDenied' });
    const { session, source } = scripted({
      identity: async ({ credentials }) => {
        await credentials();
        throw denied;
      },
    });
    expect(await rejectionOf(session.whoami())).toBe(denied);
    expect(source.calls).toBe(1);
    expect(session.status().window).toBe('fresh');
  });

  it('late, when the set has been replaced: sent again with the new one, and nothing is invalidated', async () => {
    const { session, source } = scripted();
    await using service = await startCannedService(async ({ keyId }) => {
      if (keyId !== 'ASIAGENERATION1') return json({ TableNames: [] });
      await session.refresh();
      return jsonError('ExpiredTokenException');
    });
    let invalidated = 0;
    session.on('invalidated', () => invalidated++);
    await session.client(DynamoDBClient, { endpoint: service.endpoint }).send(new ListTablesCommand({}));
    expect(service.keyIds).toEqual(['ASIAGENERATION1', 'ASIAGENERATION2']);
    expect(invalidated).toBe(0);
    expect(source.calls).toBe(2);
  });
});

describe('the body of a request that is sent again', () => {
  const text = 'é'.repeat(5000);
  it.each([
    ['a string', text],
    ['a Buffer', Buffer.from(text)],
    ['a Uint8Array', new TextEncoder().encode(text)],
  ])('is intact: %s', async (_, Body) => {
    const { aws, s3 } = await setUp();
    await s3.send(new ListBucketsCommand({}));
    aws.revokeAll();
    await s3.send(new PutObjectCommand({ Bucket: 'reports', Key: 'a', Body }));
    const stored = await s3.send(new GetObjectCommand({ Bucket: 'reports', Key: 'a' }));
    expect(await stored.Body?.transformToString()).toBe(text);
    expect(aws.count(assumeRole)).toBe(2);
  });

  it('is not, when it is a stream: the caller is told, and the next request has another set', async () => {
    const { aws, s3, s3Statuses } = await setUp();
    await s3.send(new ListBucketsCommand({}));
    aws.revokeAll();
    const put = () =>
      s3.send(
        new PutObjectCommand({
          Bucket: 'reports',
          Key: 'a',
          Body: Readable.from([Buffer.from('once')]),
          ContentLength: 4,
        }),
      );
    expect(await rejectionOf(put())).toMatchObject({ name: 'InvalidToken' });
    expect(s3Statuses()).toEqual([200, 400]);
    await put();
    expect(s3Statuses()).toEqual([200, 400, 200]);
    expect(aws.count(assumeRole)).toBe(2);
  });

  it('is not, when it is a stream of events', async () => {
    const { session } = scripted();
    await using service = await startCannedService(
      ({ keyId }) =>
        keyId === 'ASIAGENERATION1'
          ? jsonError('ExpiredTokenException')
          : { headers: { 'content-type': 'application/vnd.amazon.eventstream' } },
      'h2',
    );
    const client = session.client(TranscribeStreamingClient, { endpoint: service.endpoint });
    const start = () =>
      client.send(
        new StartStreamTranscriptionCommand({
          LanguageCode: LanguageCode.EN_US,
          MediaEncoding: 'pcm',
          MediaSampleRateHertz: 8000,
          AudioStream: (async function* () {
            yield { AudioEvent: { AudioChunk: Buffer.from('sound') } };
          })(),
        }),
      );
    expect(await rejectionOf(start())).toMatchObject({ name: 'ExpiredTokenException' });
    await start();
    expect(service.keyIds).toEqual(['ASIAGENERATION1', 'ASIAGENERATION2']);
  });
});

describe('what is passed on untouched', () => {
  it.each(['AccessDenied', 'AccessDeniedException', 'SignatureDoesNotMatch', 'ValidationException'])(
    '%s',
    async (code) => {
      const { session, source } = scripted();
      await using service = await startCannedService(() => jsonError(code, 403));
      const error = await rejectionOf(
        session.client(DynamoDBClient, { endpoint: service.endpoint }).send(new ListTablesCommand({})),
      );
      expect(error).toMatchObject({ name: code, $metadata: { httpStatusCode: 403, attempts: 1 } });
      expect(service.requests).toHaveLength(1);
      expect(source.calls).toBe(1);
      expect(session.status().window).toBe('fresh');
    },
  );

  it('a request that its caller aborted', async () => {
    const { session, source } = scripted();
    const abort = new AbortController();
    await using service = await startCannedService(async () => {
      abort.abort();
      return jsonError('ExpiredTokenException');
    });
    const client = session.client(DynamoDBClient, { endpoint: service.endpoint });
    expect(await rejectionOf(client.send(new ListTablesCommand({}), { abortSignal: abort.signal }))).toMatchObject({
      name: 'AbortError',
    });
    expect(service.requests).toHaveLength(1);
    expect(source.calls).toBe(1);
  });
});

// S3 answers HEAD with a dead token with a bare 400: such an answer has no body in which `ExpiredToken` could stand.
describe('a 400 in answer to a HEAD request, which has no body to say why', () => {
  it.each([
    ['HeadObject', new HeadObjectCommand({ Bucket: 'reports', Key: 'a' })],
    ['HeadBucket', new HeadBucketCommand({ Bucket: 'reports' })],
  ])('%s with a dead token: one other set, one more try, and the caller sees success', async (_, head) => {
    const { aws, s3, s3Statuses } = await setUp();
    await s3.send(new PutObjectCommand({ Bucket: 'reports', Key: 'a', Body: 'x' }));
    aws.revokeAll();
    expect((await s3.send(head as HeadBucketCommand)).$metadata.httpStatusCode).toBe(200);
    expect(s3Statuses()).toEqual([200, 400, 200]);
    expect(aws.count(assumeRole)).toBe(2);
  });

  /** A service that answers every HEAD with a status, and everything else with ExpiredToken. */
  async function setUpHead(status: number) {
    const world = scripted();
    const service = await startCannedService(({ method }) =>
      method === 'HEAD' ? { status } : s3Error('ExpiredToken'),
    );
    onTestFinished(() => service[Symbol.asyncDispose]());
    const s3 = world.session.client(S3Client, { endpoint: service.endpoint, forcePathStyle: true });
    const head = () => rejectionOf(s3.send(new HeadObjectCommand({ Bucket: 'b', Key: 'k' })));
    return { ...world, service, s3, head };
  }

  it('for another reason: its own error after one more try, and in many requests no more than one replacement a minute', async () => {
    const { source, clock, service, head } = await setUpHead(400);
    expect(await head()).toMatchObject({ $metadata: { httpStatusCode: 400 } });
    expect(service.keyIds).toEqual(['ASIAGENERATION1', 'ASIAGENERATION2']);
    for (let request = 0; request < 20; request++) await head();
    expect(service.requests).toHaveLength(2 + 20);
    expect(source.calls).toBe(2);
    await clock.advance(60_000);
    for (let request = 0; request < 20; request++) await head();
    expect(source.calls).toBe(3);
  });

  it('leaves replacements for the rejections that are certain', async () => {
    const { source, s3, head } = await setUpHead(400);
    for (let request = 0; request < 20; request++) await head();
    const error = await rejectionOf(s3.send(new ListBucketsCommand({})));
    expect(error).toMatchObject({ name: 'ExpiredToken' });
    expect(source.calls).toBe(3);
  });

  it.each([403, 404])('is not a %i, which is passed on untouched', async (status) => {
    const { session, source, service, head } = await setUpHead(status);
    expect(await head()).toMatchObject({ $metadata: { httpStatusCode: status } });
    expect(service.requests).toHaveLength(1);
    expect(source.calls).toBe(1);
    expect(session.status().window).toBe('fresh');
  });
});

describe('a service that rejects every token', () => {
  it('costs a bounded number of source calls, each request is sent at most twice, and the error is the service’s', async () => {
    const { session, source, clock } = scripted();
    let isBroken = true;
    await using service = await startCannedService(() =>
      isBroken ? jsonError('ExpiredTokenException') : json({ TableNames: [] }),
    );
    const client = session.client(DynamoDBClient, { endpoint: service.endpoint });
    for (let request = 1; request <= 50; request++) {
      const before = service.requests.length;
      expect(await rejectionOf(client.send(new ListTablesCommand({})))).toMatchObject({
        name: 'ExpiredTokenException',
      });
      expect(service.requests.length - before).toBeLessThanOrEqual(2);
    }
    // The first set, and five to replace it.
    expect(source.calls).toBe(6);

    // For an hour, ten requests a second: fewer and fewer tries.
    for (let minute = 0; minute < 60; minute++) {
      for (let request = 0; request < 10; request++) {
        await rejectionOf(client.send(new ListTablesCommand({})));
        await clock.advance(6000);
      }
    }
    expect(source.calls).toBeLessThanOrEqual(6 + 7 + 60);

    isBroken = false;
    expect((await client.send(new ListTablesCommand({}))).TableNames).toEqual([]);
  });

  it('and many requests at once: the same bound', async () => {
    const { session, source } = scripted();
    await using service = await startCannedService(() => jsonError('UnrecognizedClientException'));
    const client = session.client(DynamoDBClient, { endpoint: service.endpoint });
    await Promise.all(Array.from({ length: 100 }, () => rejectionOf(client.send(new ListTablesCommand({})))));
    expect(service.requests.length).toBeLessThanOrEqual(200);
    expect(source.calls).toBeLessThanOrEqual(6);
  });

  it('while the source gives the same set again: no loop', async () => {
    const clock = new ManualClock(Date.now());
    const source = new ScriptedSource({ clock });
    const first = await source.answer();
    const strategy = scriptedStrategy(source, { acquire: async () => (await source.answer(), first) });
    await using session = new RefreshableSession({ strategy, clock, region: 'us-east-1' });
    await using service = await startCannedService(() => jsonError('ExpiredTokenException'));
    const client = session.client(DynamoDBClient, { endpoint: service.endpoint });
    for (let request = 0; request < 20; request++) await rejectionOf(client.send(new ListTablesCommand({})));
    expect(service.requests.length).toBeLessThanOrEqual(40);
    expect(source.calls).toBeLessThanOrEqual(1 + 6);
  });

  it('while the source is down: the service’s error, no loop, and it heals by itself', async () => {
    const { session, source, clock } = scripted();
    let rejected = '';
    await using service = await startCannedService(({ keyId }) =>
      keyId === rejected ? jsonError('ExpiredTokenException') : json({ TableNames: [] }),
    );
    const client = session.client(DynamoDBClient, { endpoint: service.endpoint });
    await client.send(new ListTablesCommand({}));
    rejected = 'ASIAGENERATION1';
    source.behaviour = 'fails';
    for (let request = 0; request < 10; request++) {
      expect(await rejectionOf(client.send(new ListTablesCommand({})))).toMatchObject({
        name: 'ExpiredTokenException',
      });
    }
    expect(source.calls).toBe(2);
    expect(service.requests.length).toBeLessThanOrEqual(21);
    source.behaviour = 'succeeds';
    await clock.advance(5000);
    await client.send(new ListTablesCommand({}));
    expect(source.calls).toBe(3);
  });
});
