import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { KinesisClient, ListStreamsCommand } from '@aws-sdk/client-kinesis';
import {
  GetObjectCommand,
  ListBucketsCommand,
  PutObjectCommand,
  S3Client,
  type S3ClientConfig,
} from '@aws-sdk/client-s3';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { Upload } from '@aws-sdk/lib-storage';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { isSessionError, RefreshableSession } from '@brs/core';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  type LocalAws,
  ManualClock,
  ScriptedSource,
  scriptedStrategy,
  settled,
  startLocalAws,
} from '../../src/index.js';
import { json, startCannedService } from './support/canned-service.js';
import { rejectionOf } from './support/rejection.js';
import { assumeRole, roleStrategy } from './support/role-strategy.js';
import { expectNothingUnhandled } from './support/unhandled.js';

expectNothingUnhandled();

const minute = 60_000;

/** A loopback AWS and a session over a role of it, on a clock that the test moves; the server's goes along. */
async function setUp({ lifetimeMs = 15 * minute } = {}) {
  const aws = await startLocalAws({ credentialLifetimeMs: lifetimeMs, buckets: ['reports'] });
  onTestFinished(() => aws.close());
  const clock = new ManualClock(Date.now());
  const session = new RefreshableSession({ strategy: roleStrategy(aws), clock, random: () => 0, region: aws.region });
  onTestFinished(() => session.close());
  return {
    aws,
    session,
    /** Requests are still signed with the machine's time, so stay below the 15 minutes that services allow. */
    async advance(ms: number) {
      await clock.advance(ms);
      aws.clockOffsetMs += ms;
    },
  };
}

function s3Of(aws: LocalAws, credentials: S3ClientConfig['credentials'] & {}): S3Client {
  const client = new S3Client({ endpoint: aws.endpoint, region: aws.region, credentials, maxAttempts: 1 });
  onTestFinished(() => client.destroy());
  return client;
}

describe('one source call for any number of clients', () => {
  it.each([1, 10, 100])('%i clients, cold and at refresh', async (count) => {
    const { aws, session, advance } = await setUp();
    const clients = Array.from({ length: count }, () => s3Of(aws, session.credentials));
    const everyone = () => Promise.all(clients.map((client) => client.send(new ListBucketsCommand({}))));

    await everyone();
    expect(aws.count(assumeRole)).toBe(1);
    await advance(9 * minute);
    await everyone();
    expect(aws.count(assumeRole)).toBe(1);
    await advance(2 * minute); // Ahead of expiry: in the background.
    await everyone();
    await aws.untilCount({ ...assumeRole, state: 'answered' }, 2);
    await settled();
    await everyone();
    expect(aws.count(assumeRole)).toBe(2);
    session.invalidate((await session.getCredentials()).accessKeyId); // Everybody waits.
    await everyone();
    expect(aws.count(assumeRole)).toBe(3);
    expect(new Set(aws.requests.filter(({ service }) => service === 's3').map(({ status }) => status))).toEqual(
      new Set([200]),
    );
  });

  it('of every kind: REST, query and JSON protocols, HTTP/1.1 and HTTP/2, cached clients and one’s own', async () => {
    const { aws, session } = await setUp();
    await using dynamo = await startCannedService(() => json({ TableNames: [] }));
    await using kinesis = await startCannedService(() => json({ StreamNames: [], HasMoreStreams: false }), 'h2');
    const at = { endpoint: aws.endpoint };
    await Promise.all([
      session.client(S3Client, at).send(new ListBucketsCommand({})),
      session.client(STSClient, at).send(new GetCallerIdentityCommand({})),
      session.client(DynamoDBClient, { endpoint: dynamo.endpoint }).send(new ListTablesCommand({})),
      session.client(KinesisClient, { endpoint: kinesis.endpoint }).send(new ListStreamsCommand({})),
      s3Of(aws, session.credentials).send(new ListBucketsCommand({})),
    ]);
    const { accessKeyId } = await session.getCredentials();
    expect(dynamo.keyIds).toEqual([accessKeyId]);
    expect(kinesis.keyIds).toEqual([accessKeyId]);
    expect(aws.count(assumeRole)).toBe(1);
  });
});

describe('the SDK’s own cache', () => {
  const lifetimeMs = 4 * minute; // Always within the five minutes in which an SDK client asks again for every request.

  it('does not come between: sets that live four minutes are used until it is time', async () => {
    const { aws, session } = await setUp({ lifetimeMs });
    const client = s3Of(aws, session.credentials);
    for (let request = 0; request < 10; request++) await client.send(new ListBucketsCommand({}));
    expect(aws.count(assumeRole)).toBe(1);
  });

  it('(and without a session it would: so this is worth a test)', async () => {
    const { aws } = await setUp({ lifetimeMs });
    const strategy = roleStrategy(aws);
    const { signal } = new AbortController();
    const client = s3Of(aws, () => strategy.acquire({ reason: 'initial', signal }) as never);
    for (let request = 0; request < 10; request++) await client.send(new ListBucketsCommand({}));
    await strategy.close?.();
    expect(aws.count(assumeRole)).toBeGreaterThanOrEqual(10);
  });

  it('may come between, and everything still works, where a client does not know the marks', async () => {
    const { aws, session, advance } = await setUp({ lifetimeMs });
    const client = s3Of(aws, (options) => session.credentials(options));
    for (let request = 0; request < 5; request++) await client.send(new ListBucketsCommand({}));
    await advance(lifetimeMs - 1000);
    for (let request = 0; request < 5; request++) await client.send(new ListBucketsCommand({}));
    expect(aws.count(assumeRole)).toBe(2);
  });

  it('may be given the set itself, which the SDK then writes its own marks into', async () => {
    const { aws, session } = await setUp();
    const client = s3Of(aws, await session.getCredentials());
    expect((await client.send(new ListBucketsCommand({}))).Buckets).toMatchObject([{ Name: 'reports' }]);
    expect(Object.keys(await session.getCredentials()).sort()).toEqual([
      'accessKeyId',
      'expiration',
      'secretAccessKey',
      'sessionToken',
    ]);
  });

  it('does not ask the provider more than twice for a request', async () => {
    const { aws, session } = await setUp();
    let asked = 0;
    const counting = Object.assign((options?: object) => {
      asked++;
      return session.credentials(options);
    }, session.credentials);
    const client = s3Of(aws, counting);
    await client.send(new ListBucketsCommand({}));
    asked = 0;
    for (let request = 0; request < 10; request++) await client.send(new ListBucketsCommand({}));
    expect(asked).toBeGreaterThanOrEqual(10);
    expect(asked).toBeLessThanOrEqual(20);
  });
});

describe('the provider', () => {
  it('is one function with the marks that SDK clients look at', async () => {
    const { session } = await setUp();
    expect(session.credentials).toBe(session.credentials);
    expect(Object.fromEntries(Object.entries(session.credentials))).toEqual({
      memoized: true,
      configBound: true,
      attributed: true,
    });
  });

  it('honours forceRefresh from an SDK client, and what comes is used from then on', async () => {
    const { aws, session } = await setUp();
    const client = s3Of(aws, session.credentials);
    const first = await client.config.credentials();
    const forced = await client.config.credentials({ forceRefresh: true });
    expect(forced.accessKeyId).not.toBe(first.accessKeyId);
    await client.send(new ListBucketsCommand({}));
    expect(aws.requests.at(-1)).toMatchObject({ service: 's3', accessKeyId: forced.accessKeyId, status: 200 });
    expect(aws.count(assumeRole)).toBe(2);
  });

  it('takes options that it does not know, and none', async () => {
    const { aws, session } = await setUp();
    const provider = session.credentials as (options?: unknown) => Promise<{ accessKeyId: string }>;
    const sets = await Promise.all([
      provider(),
      provider(undefined),
      provider(null),
      provider({}),
      provider({ forceRefresh: false, callerClientConfig: { region: async () => 'us-east-1' }, fromTheFuture: 1 }),
      provider({ forceRefresh: 'yes' }),
    ]);
    expect(new Set(sets.map(({ accessKeyId }) => accessKeyId)).size).toBe(1);
    expect(aws.count(assumeRole)).toBe(1);
  });

  it('gives a frozen identity with the true expiration', async () => {
    const { session } = await setUp();
    const set = await session.credentials();
    expect(Object.isFrozen(set)).toBe(true);
    expect(set).toBe(await session.getCredentials());
    expect(set.expiration).toEqual(session.status().expiresAt);
  });

  it('fails into an SDK client as its own kind of error, with code, hint and cause', async () => {
    const clock = new ManualClock();
    const source = new ScriptedSource({ clock, behaviour: 'refuses' });
    await using session = new RefreshableSession({ strategy: scriptedStrategy(source), clock, region: 'us-east-1' });
    const { CredentialsProviderError } = await import('@smithy/core/config');
    for (const client of [
      session.client(S3Client, { endpoint: 'http://127.0.0.1:1' }),
      new S3Client({ endpoint: 'http://127.0.0.1:1', region: 'us-east-1', credentials: session.credentials }),
    ]) {
      const error = await rejectionOf(client.send(new ListBucketsCommand({})));
      expect(error).toMatchObject({
        name: 'CredentialsProviderError',
        code: 'CREDENTIALS_DENIED',
        hint: 'The script says so.',
        tryNextLink: false,
        cause: { code: 'CREDENTIALS_DENIED', cause: { name: 'ScriptedFailure' } },
      });
      expect(error).toBeInstanceOf(CredentialsProviderError);
      expect(isSessionError(error)).toBe(true);
    }
    expect(source.calls).toBe(1);
  });
});

describe('libraries on top of clients', () => {
  it('DynamoDBDocumentClient works on a client of the session, over a refresh', async () => {
    const clock = new ManualClock(Date.now());
    const source = new ScriptedSource({ clock });
    await using session = new RefreshableSession({ strategy: scriptedStrategy(source), clock, region: 'us-east-1' });
    await using service = await startCannedService(({ headers }) =>
      String(headers['x-amz-target']).endsWith('GetItem')
        ? json({ Item: { id: { S: 'a' }, size: { N: '7' } } })
        : json({}),
    );
    const documents = DynamoDBDocumentClient.from(session.client(DynamoDBClient, { endpoint: service.endpoint }));
    await documents.send(new PutCommand({ TableName: 'things', Item: { id: 'a', size: 7 } }));
    await session.refresh();
    expect((await documents.send(new GetCommand({ TableName: 'things', Key: { id: 'a' } }))).Item).toEqual({
      id: 'a',
      size: 7,
    });
    expect(JSON.parse(String(service.requests[0]?.body))).toMatchObject({ Item: { id: { S: 'a' }, size: { N: '7' } } });
    expect(service.keyIds).toEqual(['ASIAGENERATION1', 'ASIAGENERATION2']);
  });

  it('lib-storage uploads in parts, each signed with the set of its time', async () => {
    const clock = new ManualClock(Date.now());
    const source = new ScriptedSource({ clock });
    await using session = new RefreshableSession({ strategy: scriptedStrategy(source), clock, region: 'us-east-1' });
    let parts = 0;
    await using service = await startCannedService(async ({ method, path }) => {
      if (method === 'PUT') {
        if (++parts === 1) await session.refresh();
        return { headers: { etag: `"${parts}"` } };
      }
      const result = path.includes('uploads') ? 'InitiateMultipartUploadResult' : 'CompleteMultipartUploadResult';
      return { body: `<${result}><Bucket>b</Bucket><Key>k</Key><UploadId>u</UploadId><ETag>e</ETag></${result}>` };
    });
    const client = session.client(S3Client, { endpoint: service.endpoint, forcePathStyle: true });
    const Body = Buffer.alloc(11 * 1024 * 1024, 'x');
    await new Upload({ client, params: { Bucket: 'b', Key: 'k', Body }, queueSize: 1 }).done();
    expect(parts).toBe(3);
    expect(service.keyIds).toEqual(['1', '1', '2', '2', '2'].map((generation) => `ASIAGENERATION${generation}`));
  });

  it('presigned URLs are signed with the session’s set and accepted', async () => {
    const { aws, session } = await setUp();
    const client = session.client(S3Client, { endpoint: aws.endpoint });
    await client.send(new PutObjectCommand({ Bucket: 'reports', Key: 'a', Body: 'hello' }));
    const url = await getSignedUrl(client, new GetObjectCommand({ Bucket: 'reports', Key: 'a' }));
    expect(await (await fetch(url)).text()).toBe('hello');
    expect(aws.count(assumeRole)).toBe(1);
  });
});
