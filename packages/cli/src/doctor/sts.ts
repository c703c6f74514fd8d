/** STS as the session would ask it: the same region, endpoint, handler and base credentials. */
import type { STSClient, STSClientConfig } from '@aws-sdk/client-sts';
import { isPlainObject, type Options } from '../config/option-path.js';

/** A request before it is signed, as far as it is of interest. */
export interface PlainRequest {
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number;
}

/** One answer in time, and one more for a clock that is off: the SDK corrects itself by the first. */
const settings = {
  maxAttempts: 2,
  requestHandler: { requestTimeout: 5000, socketTimeout: 5000, throwOnRequestTimeout: true },
};

/** The client that the options ask for; with other credentials, where those are given. */
export async function stsClientOf(values: Options, credentials?: STSClientConfig['credentials']): Promise<STSClient> {
  const { STSClient } = await import('@aws-sdk/client-sts');
  const { stsClient, region, profile, credentials: own } = values;
  if (isClient(stsClient)) return stsClient;
  const given = isPlainObject(stsClient) ? (stsClient as STSClientConfig) : {};
  const base = credentials ?? given.credentials ?? (own as STSClientConfig['credentials']);
  const { requestHandler } = given;
  const config = {
    ...settings,
    ...(typeof region === 'string' && { region }),
    ...(typeof profile === 'string' && { profile }),
    ...given,
    // A copy: the SDK writes into the object that it is given.
    ...(base && { credentials: typeof base === 'object' ? { ...base } : base }),
    requestHandler: isHandler(requestHandler) ? requestHandler : { ...settings.requestHandler, ...requestHandler },
  };
  return new STSClient(config as STSClientConfig);
}

/** Whether requests take a way of the user's own, such as a proxy, that nothing is known of here. */
export function hasOwnWay({ stsClient }: Options): boolean {
  if (isClient(stsClient)) return true;
  return isPlainObject(stsClient) && stsClient.requestHandler !== undefined;
}

/** The request that asks STS who somebody is, without credentials: where it would go, and something to be refused. */
export async function unsignedRequest(client: STSClient): Promise<PlainRequest> {
  const { GetCallerIdentityCommand } = await import('@aws-sdk/client-sts');
  const command = new GetCallerIdentityCommand({});
  let request: unknown;
  command.middlewareStack.add(
    () => async (args) => {
      request = args.request;
      return { output: { $metadata: {} }, response: undefined };
    },
    { step: 'build', priority: 'low' },
  );
  await client.send(command);
  return request as PlainRequest;
}

function isClient(value: unknown): value is STSClient {
  return typeof (value as STSClient | undefined)?.send === 'function';
}

function isHandler(value: unknown): boolean {
  return typeof (value as { handle?: unknown } | undefined)?.handle === 'function';
}
