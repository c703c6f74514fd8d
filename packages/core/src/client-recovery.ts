/**
 * What the session adds to the clients that it makes: a token that the service calls expired or invalid is replaced and
 * the request sent once more, and the clock offset that the session knows is in the first signature already.
 *
 * No SDK client does the first by itself: `ExpiredToken` is in none of its retryable lists.
 */
import { isObject } from './options.js';
import type { RefreshEngine } from './refresh/engine.js';

/** Codes by which services say that the token, not the permission, is the trouble. */
const rejections = /^(ExpiredToken|InvalidToken|TokenRefreshRequired|InvalidClientTokenId|UnrecognizedClient)/;

/** The parts of an SDK v3 client that are used here. The same for every service. */
export interface SdkClient {
  readonly config: object;
  readonly middlewareStack: { add(middleware: unknown, options: object): void };
  destroy(): void;
}

interface HandlerContext {
  readonly commandName?: string;
  __smithy_context?: { selectedHttpAuthScheme?: { identity?: { accessKeyId?: string } } };
}

type Handler = (args: { input: object }) => Promise<unknown>;

/** A service that rejects every key must not make a fetch of every request: so many replacements at once, then one in so long. */
const mostReplacements = 5;
const refillMs = 60_000;

/** Says what to do about an error that a request with this key got: whether it is worth sending again. */
export type RejectionGuard = (error: unknown, accessKeyId: string | undefined, commandName?: string) => boolean;

/**
 * Makes the session's answer to a rejected key: it invalidates the key, as often as a token bucket allows.
 *
 * S3 answers a HEAD request with a dead token with a bare 400, because such an answer has no body in which a code could
 * stand, and other bad requests look the same. That is a suspicion, and may take the first token of a full bucket only:
 * rejections that are certain find the others.
 */
export function rejectionGuard(engine: RefreshEngine, now: () => number): RejectionGuard {
  let left = mostReplacements;
  let countedAt = now();
  return (error, accessKeyId, commandName = '') => {
    const { name = '', $metadata } = (error ?? {}) as { name?: string; $metadata?: { httpStatusCode?: number } };
    const isCertain = rejections.test(name);
    const isSuspicion = commandName.startsWith('Head') && $metadata?.httpStatusCode === 400;
    if (accessKeyId === undefined || !(isCertain || isSuspicion)) return false;
    // Somebody has replaced it already, or is about to.
    if (!engine.isTrusted(accessKeyId)) return true;
    left = Math.min(mostReplacements, left + Math.abs(now() - countedAt) / refillMs);
    countedAt = now();
    if (left < (isCertain ? 1 : mostReplacements)) return false;
    left--;
    engine.invalidate(accessKeyId);
    return true;
  };
}

/** Puts the session's middleware on a client. */
export function addRecovery(client: SdkClient, engine: RefreshEngine, reject: RejectionGuard): void {
  const config = client.config as { systemClockOffset?: number };
  const recover = (next: Handler, context: HandlerContext) => async (args: { input: object }) => {
    try {
      return await next(args);
    } catch (error) {
      const keyId = context.__smithy_context?.selectedHttpAuthScheme?.identity?.accessKeyId;
      const isWorthARetry = reject(error, keyId, context.commandName);
      if (!isWorthARetry || hasStream(args.input)) throw error;
      return next(args);
    }
  };
  // Between the step in which the SDK asks for credentials, which tells the offset of the clocks, and the signature.
  const startWithOffset = (next: Handler) => (args: { input: object }) => {
    config.systemClockOffset ||= engine.clockOffsetMs;
    return next(args);
  };
  client.middlewareStack.add(recover, { step: 'initialize', name: 'brsRecovery', priority: 'high' });
  client.middlewareStack.add(startWithOffset, { step: 'build', name: 'brsClockOffset' });
}

/** Whether the input holds something that can be read only once: a stream of Node or of the web, or a generator. */
function hasStream(input: object): boolean {
  return Object.values(input).some((value) => isObject(value) && Symbol.asyncIterator in value);
}
