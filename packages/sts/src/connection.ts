/**
 * The STS client: made when it is first needed, with timeouts, and asked in a way that tells what happened to a request
 * without changing the client. A redirect is never followed.
 */
import type { STSClient, STSClientConfig } from '@aws-sdk/client-sts';
import type { StrategyContext } from '@brs/core';
import { isClient, type StsCommonOptions } from './options.js';
import type { StsApi } from './sts-api.js';

type Command = InstanceType<StsApi[Exclude<keyof StsApi, 'STSClient'>]>;

/** The client, and the code that it was made with. */
export interface Connection {
  readonly api: StsApi;
  readonly client: STSClient;
}

/** Makes a connection, the first time. A failure is not remembered. */
export type Connect = () => Promise<Connection>;

/** In milliseconds. Three attempts fit in the time that one refresh has. */
const timeouts = { requestTimeout: 8000, socketTimeout: 8000, throwOnRequestTimeout: true };

/**
 * The client that the options ask for.
 *
 * @param closers - gets what closes the sockets of a client that is made here. A handler or an agent of the user's stays.
 */
export function connect(
  { stsClient, credentials }: StsCommonOptions,
  { region, profile }: StrategyContext,
  closers: (() => void)[],
): Connect {
  return remember(async () => {
    const { api } = await import('./sts-api.js');
    if (isClient(stsClient)) return { api, client: stsClient };
    const { requestHandler, credentials: base = credentials } = stsClient ?? {};
    const config: object = {
      region,
      profile,
      ...stsClient,
      // A copy: the SDK writes into the object that it is given.
      credentials: typeof base === 'object' ? { ...base } : base,
      requestHandler:
        requestHandler && 'handle' in requestHandler ? requestHandler : { ...timeouts, ...requestHandler },
    };
    const client = new api.STSClient(config);
    if (!requestHandler) closers.push(() => client.destroy());
    return { api, client };
  });
}

/** A client with other credentials, the settings of the first, and its sockets. */
export function derive(base: Connect, credentials: NonNullable<STSClientConfig['credentials']>): Connect {
  return remember(async () => {
    const { api, client } = await base();
    // The signer and the protocol are bound to the first client; the retry strategy is resolved to what a client takes.
    const { signer: _, protocol: __, retryStrategy, ...settings } = client.config;
    const config: object = { ...settings, retryStrategy: await retryStrategy(), credentials };
    return { api, client: new api.STSClient(config) };
  });
}

function remember(make: Connect): Connect {
  let connection: Promise<Connection> | undefined;
  return () =>
    (connection ??= make().catch((error: unknown) => {
      connection = undefined;
      throw error;
    }));
}

/** What became of a request, for what must be said about it. */
export interface Trace {
  /** Whether a request was sent at all: before that come region and credentials. */
  sent?: boolean;
  /** The base credentials that the request was signed with. */
  identity?:
    { readonly accessKeyId?: string; readonly secretAccessKey?: string; readonly sessionToken?: string } | undefined;
  /** The last answer. */
  response?:
    { readonly statusCode: number; readonly headers: Readonly<Record<string, string | undefined>> } | undefined;
}

interface HandlerContext {
  __smithy_context?: { selectedHttpAuthScheme?: { identity?: Trace['identity'] } };
}
type Handler = (args: object) => Promise<{ response: unknown }>;
type Stack = { add(middleware: (next: Handler, context: HandlerContext) => Handler, options: object): void };

/**
 * Sends a command and notes in `trace` what happened to it. The middleware is the command's: a client of the user's is
 * not changed.
 *
 * @param withoutRetries - leaves the SDK's own retries out.
 */
export async function send<Output extends object>(
  client: STSClient,
  command: Command,
  abortSignal: AbortSignal,
  trace: Trace,
  withoutRetries?: boolean,
): Promise<Output> {
  const stack = command.middlewareStack as unknown as Stack;
  const observe =
    (next: Handler, context: HandlerContext): Handler =>
    async (args) => {
      trace.identity = context.__smithy_context?.selectedHttpAuthScheme?.identity;
      trace.sent = true;
      trace.response = undefined;
      const result = await next(args);
      trace.response = result.response as Trace['response'];
      return result;
    };
  // Below the SDK's deserializer, so that an answer that it cannot read is seen too.
  stack.add(observe, { step: 'deserialize', priority: 'low' });
  // Takes the place of the SDK's middleware by its name. An SDK that names it otherwise retries, and all else is the same.
  if (withoutRetries)
    stack.add((next) => next, { name: 'retryMiddleware', step: 'finalizeRequest', priority: 'high', override: true });
  return (await client.send(command as never, { abortSignal })) as Output;
}
