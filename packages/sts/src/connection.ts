/**
 * The STS client: made when it is first needed, with timeouts, and asked in a way that tells what happened to a request
 * without changing the client. A redirect is never followed.
 */
import type { GetCallerIdentityCommand, STSClient, STSClientConfig } from '@aws-sdk/client-sts';
import type { StrategyContext } from '@brs/core';
import { isClient, type StsCommonOptions } from './options.js';

type Api = typeof import('./sts-api.js');
type Command = InstanceType<Api['commands'][keyof Api['commands']]> | GetCallerIdentityCommand;

/** The client, and the code that it was made with. */
export interface Connection {
  readonly api: Api;
  readonly client: STSClient;
}

/** A client that is loaded and made once, when it is first needed. */
export interface Connector {
  /** Whether retrying is left to settings that the user gave. */
  readonly hasOwnRetries: boolean;
  /** A failure is not remembered. */
  open(): Promise<Connection>;
  /** Closes the sockets of a client that was made here; a handler or an agent of the user's stays as it is. */
  close(): Promise<void>;
}

/** The SDK's own limit for a connection in its standard mode, and room for three attempts in one refresh. */
const timeouts = { connectionTimeout: 3100, requestTimeout: 8000, socketTimeout: 8000, throwOnRequestTimeout: true };

/** The client that the options ask for. */
export function connect({ stsClient, credentials }: StsCommonOptions, { region, profile }: StrategyContext): Connector {
  const given = isClient(stsClient) ? undefined : (stsClient ?? {});
  const { open, opened } = once(async () => {
    const api = await import('./sts-api.js');
    if (isClient(stsClient)) return { api, client: stsClient };
    const { requestHandler } = given ?? {};
    const config = {
      ...(region && { region }),
      ...(profile && { profile }),
      ...(credentials && { credentials }),
      ...given,
      requestHandler: requestHandler && 'handle' in requestHandler ? requestHandler : { ...timeouts, ...requestHandler },
    };
    return { api, client: new api.STSClient(config) };
  });
  return {
    hasOwnRetries: !given || Boolean(given.maxAttempts ?? given.retryMode ?? given.retryStrategy),
    open,
    close: async () => {
      if (given && !given.requestHandler) (await opened())?.client.destroy();
    },
  };
}

/** A client with other credentials, the settings of the first, and its sockets. */
export function derive(base: Connector, credentials: NonNullable<STSClientConfig['credentials']>): Connector {
  const { open } = once(async () => {
    const { api, client } = await base.open();
    const { region, endpoint, requestHandler, useFipsEndpoint, useDualstackEndpoint, systemClockOffset, logger, ...rest } = client.config;
    const config: STSClientConfig = {
      region,
      ...(endpoint && { endpoint }),
      requestHandler,
      useFipsEndpoint,
      useDualstackEndpoint,
      systemClockOffset,
      logger,
      retryStrategy: await rest.retryStrategy(),
      maxAttempts: rest.maxAttempts,
      credentials,
    };
    return { api, client: new api.STSClient(config) };
  });
  return { hasOwnRetries: base.hasOwnRetries, open, close: async () => {} };
}

function once(make: () => Promise<Connection>): { open(): Promise<Connection>; opened(): Promise<Connection> | undefined } {
  let connection: Promise<Connection> | undefined;
  const open = (): Promise<Connection> =>
    (connection ??= make().catch((error: unknown) => {
      connection = undefined;
      throw error;
    }));
  return { open, opened: () => connection };
}

/** What became of a request, for what must be said about it. */
export interface Trace {
  /** The base credentials that the request was signed with. */
  identity?: { readonly accessKeyId?: string; readonly secretAccessKey?: string; readonly sessionToken?: string } | undefined;
  /** Whether a request was sent at all: before that come region and credentials. */
  sent?: boolean;
  /** The last answer. */
  response?: { readonly statusCode: number; readonly headers: Readonly<Record<string, string | undefined>> } | undefined;
}

interface HandlerContext {
  __smithy_context?: { selectedHttpAuthScheme?: { identity?: Trace['identity'] } };
}
type Handler = (args: object) => Promise<{ response: unknown }>;
type Stack = { add(middleware: (next: Handler, context: HandlerContext) => Handler, options: object): void };

/** How a command is sent. */
export interface SendOptions {
  readonly signal: AbortSignal;
  /** Filled in on the way. */
  readonly trace: Trace;
  /** Whether the SDK's own retries are left out. */
  readonly withoutRetries?: boolean;
}

/** Sends a command and notes what happened to it. The middleware is the command's: a client of the user's is not changed. */
export async function send<Output extends object>(client: STSClient, command: Command, options: SendOptions): Promise<Output> {
  const { signal, trace, withoutRetries } = options;
  const stack = command.middlewareStack as unknown as Stack;
  const observe = (next: Handler, context: HandlerContext): Handler => async (args) => {
    trace.identity = context.__smithy_context?.selectedHttpAuthScheme?.identity;
    trace.sent = true;
    trace.response = undefined;
    const result = await next(args);
    trace.response = result.response as Trace['response'];
    return result;
  };
  // Below the SDK's deserializer, so that an answer that it cannot read is seen too.
  stack.add(observe, { step: 'deserialize', priority: 'low', name: 'brsObserve' });
  // Takes the place of the SDK's middleware by its name. An SDK that names it otherwise retries, and all else is the same.
  if (withoutRetries) stack.add((next) => next, { step: 'finalizeRequest', priority: 'high', name: 'retryMiddleware', override: true });
  return (await client.send(command as never, { abortSignal: signal })) as Output;
}
