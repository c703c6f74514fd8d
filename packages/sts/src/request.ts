/** Sends a request to STS in a way that tells what happened to it, without changing the client. No redirect is followed. */
import type { STSClient } from '@aws-sdk/client-sts';

type Operations = Omit<typeof import('./sts-api.js'), 'STSClient'>;

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
 * Sends a request and notes in `trace` what happened to it. The middleware is the command's: the client keeps its own.
 *
 * @param withoutRetries - leaves the SDK's own retries out.
 */
export async function send<Output>(
  client: STSClient,
  operation: keyof Operations,
  input: object,
  trace: Trace,
  abortSignal: AbortSignal,
  withoutRetries?: boolean,
): Promise<Output> {
  const Command = (await import('./sts-api.js'))[operation] as Operations['assumeRole'];
  const command = new Command(input as never);
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
  return (await client.send(command, { abortSignal })) as Output;
}
