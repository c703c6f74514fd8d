/**
 * The STS client: made when it is first needed, with timeouts. A client of the user's is taken as it is, and never changed.
 */
import type { STSClient, STSClientConfig } from '@aws-sdk/client-sts';
import type { StrategyContext } from '@brs/core';
import { isClient, type StsCommonOptions } from './options.js';

/** Makes the client, the first time. A failure is not remembered. */
export type Connect = () => Promise<STSClient>;

/** In milliseconds. Three attempts fit in the time that one refresh has. */
const timeouts = { requestTimeout: 8000, socketTimeout: 8000, throwOnRequestTimeout: true };

/**
 * The client that the options ask for.
 *
 * @param own - gets a client whose sockets are to be closed at the end. A handler or an agent of the user's stays.
 */
export function connect(
  { stsClient, credentials }: StsCommonOptions,
  { region, profile }: StrategyContext,
  own: (client: STSClient) => void,
): Connect {
  return remember(async () => {
    if (isClient(stsClient)) return stsClient;
    const { requestHandler, credentials: base = credentials } = stsClient ?? {};
    const client = await open({
      region,
      profile,
      ...stsClient,
      // A copy: the SDK writes into the object that it is given.
      credentials: typeof base === 'object' ? { ...base } : base,
      requestHandler:
        requestHandler && 'handle' in requestHandler ? requestHandler : { ...timeouts, ...requestHandler },
    });
    if (!requestHandler) own(client);
    return client;
  });
}

/** A client with other credentials, the settings of the first, and its sockets. */
export function derive(base: Connect, credentials: NonNullable<STSClientConfig['credentials']>): Connect {
  return remember(async () => {
    // The signer and the protocol are bound to the first client; the retry strategy is resolved to what a client takes.
    const { signer: _, protocol: __, retryStrategy, ...settings } = (await base()).config;
    return open({ ...settings, retryStrategy: await retryStrategy(), credentials });
  });
}

async function open(config: object): Promise<STSClient> {
  const { STSClient } = await import('./sts-api.js');
  return new STSClient(config);
}

function remember(make: Connect): Connect {
  let client: Promise<STSClient> | undefined;
  return () =>
    (client ??= make().catch((error: unknown) => {
      client = undefined;
      throw error;
    }));
}
