import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { defineStrategy, RefreshableSession } from '@brs/core';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startLocalAws } from '../../src/index.js';
import { json, startCannedService } from './support/canned-service.js';
import { roleStrategy } from './support/role-strategy.js';
import { expectNothingUnhandled } from './support/unhandled.js';

expectNothingUnhandled();

const hour = 3_600_000;
const credentials = { accessKeyId: 'ASIAAHEAD', secretAccessKey: 'secret', sessionToken: 'token' };

describe.each([
  ['two hours behind', 2 * hour],
  ['two hours ahead', -2 * hour],
  ['a day ahead', -24 * hour],
])('with the machine’s clock %s', (_, clockOffsetMs) => {
  async function setUp(options: { deferRefresh?: boolean } = {}) {
    const aws = await startLocalAws({ credentialLifetimeMs: hour, clockOffsetMs });
    onTestFinished(() => aws.close());
    const strategy = roleStrategy(aws, { saysItsTime: true, maxAttempts: 3 });
    const session = new RefreshableSession({ strategy, region: aws.region, ...options });
    onTestFinished(() => session.close());
    const answers = (service: string) =>
      aws.requests.filter((request) => request.service === service).map(({ status }) => status);
    const sets = () => aws.requests.filter(({ action, status }) => action === 'AssumeRole' && status === 200).length;
    return { aws, session, answers, sets };
  }

  it('fifty requests of a client that the session made: one source call, and every signature is right at once', async () => {
    const { aws, session, answers, sets } = await setUp();
    const client = session.client(S3Client, { endpoint: aws.endpoint, maxAttempts: 1 });
    for (let request = 0; request < 50; request++) await client.send(new ListBucketsCommand({}));
    expect(answers('s3')).toEqual(Array.from({ length: 50 }, () => 200));
    expect(sets()).toBe(1);
    expect(session.status().window).toBe('fresh');
    expect(Math.abs(session.status().clockOffsetMs - clockOffsetMs)).toBeLessThan(60_000);
  });

  it('the first signatures of many clients at once, of different services, are right', async () => {
    const { aws, session, answers, sets } = await setUp({ deferRefresh: false });
    const { endpoint } = aws;
    await Promise.all([
      ...Array.from({ length: 10 }, (_, index) =>
        session
          .client(S3Client, { endpoint, maxAttempts: 1, customUserAgent: `${index}` })
          .send(new ListBucketsCommand({})),
      ),
      session.client(STSClient, { endpoint, maxAttempts: 1 }).send(new GetCallerIdentityCommand({})),
    ]);
    expect(answers('s3')).toEqual(Array.from({ length: 10 }, () => 200));
    expect(aws.requests.filter(({ action }) => action === 'GetCallerIdentity').map(({ status }) => status)).toEqual([
      200,
    ]);
    expect(sets()).toBe(1);
  });

  // The presigner dates a URL by `new Date()` and looks at nothing of the client: the caller has to say.
  it('a presigned URL is right with the offset that the session knows as its date', async () => {
    const { aws, session } = await setUp();
    const client = session.client(S3Client, { endpoint: aws.endpoint, forcePathStyle: true });
    await session.ready();
    const signingDate = new Date(Date.now() + session.status().clockOffsetMs);
    const url = await getSignedUrl(client, new ListBucketsCommand({}), { signingDate });
    expect((await fetch(url)).status).toBe(200);
  });

  it('one’s own client with the provider works as well, with the SDK’s own correction', async () => {
    const { aws, session, answers, sets } = await setUp();
    const client = new S3Client({ endpoint: aws.endpoint, region: aws.region, credentials: session.credentials });
    onTestFinished(() => client.destroy());
    for (let request = 0; request < 10; request++) await client.send(new ListBucketsCommand({}));
    expect(answers('s3').filter((status) => status === 200)).toHaveLength(10);
    expect(sets()).toBe(1);
  });

  it('the offset is told once, and seen in the status', async () => {
    const { session } = await setUp();
    const offsets: number[] = [];
    session.on('clockOffset', ({ offsetMs }) => offsets.push(offsetMs));
    await session.ready();
    await session.refresh();
    expect(offsets).toHaveLength(1);
    expect(Math.abs((offsets[0] as number) - clockOffsetMs)).toBeLessThan(60_000);
  });
});

it('an offset that the user configured for a client is the user’s', async () => {
  const source = {
    ...credentials,
    expiration: new Date(Date.now() + 4 * hour),
    sourceTime: new Date(Date.now() + 2 * hour),
  };
  const strategy = defineStrategy({ name: 'ahead', acquire: async () => source });
  await using session = new RefreshableSession({ strategy, region: 'us-east-1' });
  await using service = await startCannedService(() => json({ TableNames: [] }));
  const { endpoint } = service;
  await session.client(DynamoDBClient, { endpoint }).send(new ListTablesCommand({}));
  await session.client(DynamoDBClient, { endpoint, systemClockOffset: hour }).send(new ListTablesCommand({}));
  const hoursAhead = service.requests.map(({ signedAt }) => Math.round((signedAt.getTime() - Date.now()) / hour));
  expect(hoursAhead).toEqual([2, 1]);
});
