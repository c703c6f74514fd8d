/**
 * Both sides against real AWS, with the caller's own credentials as the base. Read-only: AssumeRole, and GetCallerIdentity
 * at a modest rate. STS is left alone otherwise; nothing is made to fail.
 */
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { fromTemporaryCredentials } from '@aws-sdk/credential-providers';
import { RefreshableSession } from '@brs/core';
import '@brs/sts';
import { type Arena, type Contestant, type CurrentSet, sdkSet, sessionSet } from './contestant.js';
import type { Options } from './options.js';
import type { Stats } from './stats.js';

type Aws = NonNullable<Options['aws']>;

const requestsPerSecond = 4;

/** The shortest life that AWS gives, so that a run of a quarter of an hour sees a refresh. */
const DurationSeconds = 900;

/** Makes the clients of both sides. The first credentials are fetched later. */
export function openAwsArena(aws: Aws, stats: { ours: Stats; sdk: Stats }): Arena {
  const ours = makeOurs(aws, stats.ours);
  const sdk = makeSdk(aws, stats.sdk);
  return {
    description: `Real AWS, ${aws.region}: ${requestsPerSecond} GetCallerIdentity a second on each side, read-only.`,
    requestsPerSecond,
    ours,
    sdk,
    phases: [],
    startFaults: () => () => undefined,
    async close() {
      await Promise.all([ours.close(), sdk.close()]);
    },
  };
}

function makeOurs({ roleArn, region }: Aws, stats: Stats): Contestant {
  const session = new RefreshableSession({
    method: 'sts',
    region,
    assumeRole: { RoleArn: roleArn, RoleSessionName: 'brs-quickstart-ours', DurationSeconds },
  });
  session.on('refreshStarted', () => stats.sourceCalls++);
  session.on('refreshSucceeded', () => stats.refreshes++);
  const own = new STSClient({ region, credentials: session.credentials });
  return {
    title: 'RefreshableSession',
    stats,
    session,
    clients: [session.client(STSClient), own].map(workOf),
    current: () => sessionSet(session),
    async close() {
      await session.close();
      own.destroy();
    },
  };
}

function makeSdk({ roleArn, region }: Aws, stats: Stats): Contestant {
  let newest: CurrentSet | undefined;
  const credentials = fromTemporaryCredentials({
    params: { RoleArn: roleArn, RoleSessionName: 'brs-quickstart-sdk', DurationSeconds },
    clientConfig: { region },
    clientPlugins: [
      {
        // The provider tells nobody what it does; a plugin of its STS client sees every attempt.
        applyToStack: (stack) =>
          stack.add(
            (next) => async (args) => {
              stats.sourceCalls++;
              const result = await next(args);
              stats.refreshes++;
              newest = sdkSet(Date.now(), Date.now() + DurationSeconds * 1000);
              return result;
            },
            { step: 'deserialize', priority: 'high', name: 'countCalls' },
          ),
      },
    ],
  });
  const clients = [1, 2].map(() => new STSClient({ region, credentials }));
  return {
    title: 'fromTemporaryCredentials',
    stats,
    clients: clients.map(workOf),
    current: () => newest,
    close() {
      for (const client of clients) client.destroy();
      return Promise.resolve();
    },
  };
}

function workOf(client: STSClient): () => Promise<unknown> {
  return () => client.send(new GetCallerIdentityCommand({}));
}
