/**
 * What the session adds to the clients that it makes: a token that the service calls expired or invalid is replaced and
 * the request sent once more, and the clock offset that the session knows is in the first signature already.
 *
 * No SDK client does the first by itself: `ExpiredToken` is in none of its retryable lists.
 */
import type { AwsCredentialIdentityProvider } from '@smithy/types';
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
  __smithy_context?: { selectedHttpAuthScheme?: { identity?: { accessKeyId?: string } } };
}

type Handler = (args: { input: object }) => Promise<unknown>;

/** Replacements that may follow one another at once; more of them in a row, and the service is rejecting every key. */
const freeReplacements = 5;
const longestPauseMs = 64_000;

/** Decides whether a rejected key is worth another fetch. One for each session. */
export class RejectionGuard {
  readonly #engine: RefreshEngine;
  readonly #now: () => number;
  #replacedAt = -Infinity;
  #inARow = 0;

  constructor(engine: RefreshEngine, now: () => number) {
    this.#engine = engine;
    this.#now = now;
  }

  /**
   * Invalidates a rejected key. A service that rejects every key must not make a fetch of every request: after five
   * replacements in a row the next one waits 1 s, then 2 s, up to 64 s.
   *
   * @returns whether a request with this key is worth sending again.
   */
  reject(accessKeyId: string): boolean {
    const { entry, rejectedKeyId } = this.#engine.state;
    const isReplaced = entry?.credentials.accessKeyId !== accessKeyId || rejectedKeyId === accessKeyId;
    if (isReplaced) return true;
    const now = this.#now();
    const sinceMs = Math.abs(now - this.#replacedAt);
    if (sinceMs > 2 * longestPauseMs) this.#inARow = 0;
    const excess = this.#inARow - freeReplacements;
    if (excess >= 0 && sinceMs < Math.min(1000 * 2 ** excess, longestPauseMs)) return false;
    this.#inARow++;
    this.#replacedAt = now;
    this.#engine.invalidate(accessKeyId);
    return true;
  }
}

/** Puts the session's middleware on a client. */
export function addRecovery(
  client: SdkClient,
  engine: RefreshEngine,
  credentials: AwsCredentialIdentityProvider,
  guard: RejectionGuard,
): void {
  const config = client.config as { systemClockOffset?: number };
  const recover = (next: Handler, context: HandlerContext) => async (args: { input: object }) => {
    // Only the first fetch tells the offset of the clocks, and the first signature needs it.
    if (engine.window === 'empty') await credentials();
    if (config.systemClockOffset === 0 && engine.clockOffsetMs) config.systemClockOffset = engine.clockOffsetMs;
    try {
      return await next(args);
    } catch (error) {
      const keyId = context.__smithy_context?.selectedHttpAuthScheme?.identity?.accessKeyId;
      if (keyId === undefined || !rejections.test((error as Error | undefined)?.name ?? '')) throw error;
      const isWorthARetry = guard.reject(keyId);
      if (!isWorthARetry || hasStream(args.input)) throw error;
      return await next(args);
    }
  };
  client.middlewareStack.add(recover, { step: 'initialize', name: 'brsRecovery', priority: 'high' });
}

/** Whether the input holds something that can be read only once. */
function hasStream(input: object): boolean {
  return Object.values(input).some(
    (value) =>
      typeof value === 'object' &&
      value !== null &&
      (Symbol.asyncIterator in value || 'getReader' in value || 'pipe' in value),
  );
}
