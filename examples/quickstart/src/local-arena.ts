/**
 * Both sides against an AWS on loopback: S3 clients under load, credentials that live eight seconds, and an STS that fails.
 * Looks at no file, variable or service of the machine's own AWS configuration.
 */
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { fromTemporaryCredentials } from '@aws-sdk/credential-providers';
import { RefreshableSession } from '@brs/core';
import '@brs/sts';
import { type LocalAws, type LocalCredentials, type LoggedRequest, startLocalAws } from '@brs/testkit';
import { type Arena, type Contestant, type CurrentSet, sdkSet, sessionSet } from './contestant.js';
import { FaultTimeline } from './faults.js';
import type { Stats } from './stats.js';

/** How long the credentials live. */
const lifetimeMs = 8_000;

/** How long STS takes to answer, which is usual for one in another region. S3 answers as fast as it can. */
const stsLatencyMs = 150;

const requestsPerSecond = 100;
const bucket = 'quickstart';
const role = { RoleArn: 'arn:aws:iam::123456789012:role/reader', RoleSessionName: 'quickstart' };

/** Starts the loopback AWS and makes the clients of both sides. */
export async function openLocalArena(totalMs: number, stats: { ours: Stats; sdk: Stats }): Promise<Arena> {
  const aws = await startLocalAws({ credentialLifetimeMs: lifetimeMs, buckets: [bucket] });
  useOnly(aws);
  aws.inject({ service: 'sts', kind: 'latency', ms: stsLatencyMs });
  const timeline = new FaultTimeline(totalMs);
  const ours = makeOurs(aws, stats.ours);
  const sdk = makeSdk(aws, stats.sdk);
  return {
    description: `Credentials live ${lifetimeMs / 1000} s. STS takes ${stsLatencyMs} ms. ${requestsPerSecond} S3 requests a second on each side.`,
    requestsPerSecond,
    ours,
    sdk,
    phases: timeline.phases,
    startFaults: (tell) =>
      timeline.play({
        inject: (fault) => aws.inject(fault),
        untilRefreshMs: () => (ours.session?.status().advisoryAt?.getTime() ?? 0) - Date.now(),
        tell,
      }),
    async close() {
      await Promise.all([ours.close(), sdk.close()]);
      await aws.close();
    },
  };
}

/** Two clients that the session makes, and two of the user's own. */
function makeOurs(aws: LocalAws, stats: Stats): Contestant {
  const base = aws.addUser({ name: 'ours' });
  countCalls(aws, base, stats);
  const session = new RefreshableSession({
    method: 'sts',
    region: aws.region,
    assumeRole: role,
    stsClient: { endpoint: aws.endpoint, credentials: { ...base } },
  });
  const { endpoint, region } = aws;
  const own = [1, 2].map(() => new S3Client({ endpoint, region, credentials: session.credentials }));
  const clients = [
    session.client(S3Client, { endpoint }),
    session.client(S3Client, { endpoint, region: 'eu-west-1' }),
    ...own,
  ];
  return {
    title: 'RefreshableSession',
    stats,
    session,
    clients: clients.map(workOf),
    current: () => sessionSet(session),
    async close() {
      await session.close();
      for (const client of own) client.destroy();
    },
  };
}

/** Four clients on one provider of the SDK. */
function makeSdk(aws: LocalAws, stats: Stats): Contestant {
  const base = aws.addUser({ name: 'sdk' });
  const newest = countCalls(aws, base, stats);
  const { endpoint, region } = aws;
  const credentials = fromTemporaryCredentials({
    params: role,
    masterCredentials: { ...base },
    clientConfig: { endpoint, region },
  });
  const clients = [region, 'eu-west-1', region, region].map(
    (name) => new S3Client({ endpoint, region: name, credentials }),
  );
  return {
    title: 'fromTemporaryCredentials',
    stats,
    clients: clients.map(workOf),
    current: newest,
    close() {
      for (const client of clients) client.destroy();
      return Promise.resolve();
    },
  };
}

/** The work of one client: it writes, reads and lists, in turn. */
function workOf(client: S3Client, index: number): () => Promise<unknown> {
  const object = { Bucket: bucket, Key: `object-${index}` };
  let turn = 0;
  return async () => {
    switch (turn++ % 3) {
      case 0:
        return client.send(new PutObjectCommand({ ...object, Body: `written in turn ${turn}` }));
      case 1: {
        const { Body } = await client.send(new GetObjectCommand(object));
        return Body?.transformToString();
      }
      default:
        return client.send(new ListObjectsV2Command({ Bucket: bucket }));
    }
  };
}

/** Lets the server count the calls of one side, which it knows by the base key. Gives the newest set that it issued. */
function countCalls(aws: LocalAws, { accessKeyId }: LocalCredentials, stats: Stats): () => CurrentSet | undefined {
  const isMine = (request: LoggedRequest): boolean =>
    request.action === 'AssumeRole' && request.accessKeyId === accessKeyId;
  let newest: CurrentSet | undefined;
  aws.on('request', (request) => {
    if (isMine(request)) stats.sourceCalls++;
  });
  aws.on('answer', (request) => {
    if (!isMine(request) || request.status !== 200) return;
    stats.refreshes++;
    newest = sdkSet(Date.now(), Date.now() + lifetimeMs);
  });
  return () => newest;
}

/** Nothing here may find the machine's own AWS: not its profiles, not its variables, not its metadata service. */
function useOnly(aws: LocalAws): void {
  for (const name of Object.keys(process.env))
    if (name.startsWith('AWS_') && !name.startsWith('AWS_SDK_JS_')) delete process.env[name];
  Object.assign(process.env, aws.env());
}
