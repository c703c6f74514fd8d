/** The options of a session: its own, and those of its method, typed by the packages that are imported. */
import type { Clock, ExpiredCredentialsPolicy, SessionMethods, Strategy } from './contract.js';
import { InvalidOptionsError } from './errors.js';
import {
  besides,
  checkOption,
  checkOptions,
  given,
  must,
  type OptionRule,
  rule,
  timeoutRule,
  withMembers,
} from './options.js';
import { hide } from './printing.js';
import { DEFAULT_MANDATORY_SECONDS, SHORTEST_ADVISORY_SECONDS } from './refresh/windows.js';

/** How the cache of clients behaves. */
export interface ClientCacheOptions {
  /** How many clients are kept. A whole number from 1. Default 100. */
  readonly maxSize?: number | undefined;
  /** Which client leaves when there are too many: the least recently used (default) or the least frequently used. */
  readonly eviction?: 'lru' | 'lfu' | undefined;
}

/** Options of every session, whatever its method. */
export interface CommonSessionOptions {
  /** The region of the clients that the session makes, and of its STS where the method uses one. Default: the SDK's own lookup. */
  readonly region?: string | undefined;
  /** A profile of the shared AWS files, for methods that start from base credentials, and for the clients' settings. */
  readonly profile?: string | undefined;
  /**
   * `true` (default): the source is first asked when credentials are first needed, and every refresh is started by a
   * call. `false`: the source is asked at construction (await it with `ready()`), and a timer refreshes from then on.
   */
  readonly deferRefresh?: boolean | undefined;
  /**
   * Seconds before expiry at which refreshing starts, in the background. Above the mandatory window. Default by lifetime:
   * 300 up to 20 minutes, 900 below 90 minutes, 3600 from there. Never more than three quarters of the lifetime.
   */
  readonly advisoryWindowSeconds?: number | undefined;
  /**
   * Seconds before expiry from which callers wait for the refresh. Above 0, and below the advisory window. Default 60.
   * Never more than a tenth of the lifetime.
   */
  readonly mandatoryWindowSeconds?: number | undefined;
  /** Who waits in the advisory window: nobody (`background`, default), or the caller that starts the refresh (`await`). */
  readonly advisoryRefresh?: 'background' | 'await' | undefined;
  /**
   * Deadline of one refresh, in milliseconds, above 0. Default: what the strategy says, else 30,000. With a valid set in
   * hand never more than a third of its advisory window, and one that begins before the last tenth of its mandatory window
   * ends before it, so that a hang leaves time to try again.
   */
  readonly refreshTimeoutMs?: number | undefined;
  /**
   * How long a caller in the mandatory window waits before it is given the set in hand, in milliseconds, above 0. Default
   * 5,000. Nobody waits into the last tenth of the window.
   */
  readonly mandatoryWaitMs?: number | undefined;
  /** What happens when the set has expired and the source still fails. Default: what the strategy says, which by default is `throw`. */
  readonly expiredCredentials?: ExpiredCredentialsPolicy | undefined;
  /** With `expiredCredentials: 'serve'`: how long after its expiry a set may be served, in seconds, above 0. Default 43,200 (12 h). */
  readonly expiredMaxAgeSeconds?: number | undefined;
  /** Options for every client that the session makes, other than `credentials`. A client's own configuration wins. */
  readonly clientDefaults?: Readonly<Record<string, unknown>> | undefined;
  /** How the cache of clients behaves. */
  readonly clientCache?: ClientCacheOptions | undefined;
  /** Where time comes from. For tests. Default: the machine's clock. */
  readonly clock?: Clock | undefined;
  /** Where jitter comes from: uniform in [0, 1). For tests. */
  readonly random?: (() => number) | undefined;
}

/** A session over a strategy value, registered or not. */
export interface StrategySessionOptions extends CommonSessionOptions {
  /** The strategy, as `defineStrategy` made it. */
  readonly strategy: Strategy;
  readonly method?: undefined;
}

/** A session over a registered method: `method`, and the method's own options beside the session's. */
export type MethodSessionOptions = {
  [Method in keyof SessionMethods]: CommonSessionOptions &
    SessionMethods[Method] & { readonly strategy?: undefined } & (Method extends 'sts'
      ? { readonly method?: Method }
      : { readonly method: Method });
}[keyof SessionMethods];

/** What `new RefreshableSession` takes. Without `method` and `strategy`, the method is `sts`. */
export type RefreshableSessionOptions = StrategySessionOptions | MethodSessionOptions;

const seconds = rule.number('seconds');
export const policyRule: OptionRule = rule.oneOf('throw', 'serve');

/** What clients may be configured with: everything but credentials. */
export const clientOptionsRule: OptionRule = (value, option) => {
  const problem = rule.object(value, option);
  if (problem || (value as { credentials?: unknown }).credentials === undefined) return problem;
  throw new InvalidOptionsError(`${option}.credentials`, "cannot be given: a session's clients have its own");
};

const rules: Record<string, OptionRule> = {
  method: rule.string,
  strategy: rule.object,
  region: rule.string,
  profile: rule.string,
  deferRefresh: rule.boolean,
  advisoryWindowSeconds: seconds,
  mandatoryWindowSeconds: seconds,
  advisoryRefresh: rule.oneOf('background', 'await'),
  refreshTimeoutMs: timeoutRule,
  mandatoryWaitMs: timeoutRule,
  expiredCredentials: policyRule,
  expiredMaxAgeSeconds: seconds,
  clientDefaults: clientOptionsRule,
  clientCache: rule.shape({
    maxSize: must('a whole number from 1', (value: unknown) => Number.isInteger(value) && (value as number) > 0),
    eviction: rule.oneOf('lru', 'lfu'),
  }),
  clock: withMembers({ now: rule.function, startTimer: rule.function }),
  random: rule.function,
};

/** The options that were given: none of them is `undefined`. */
export type GivenOptions = {
  -readonly [Name in keyof CommonSessionOptions]?: NonNullable<CommonSessionOptions[Name]>;
} & { method?: string; strategy?: Strategy };

/** Checks the session's own options and gives the rest, which are the method's. */
export function splitOptions(options: RefreshableSessionOptions): {
  own: GivenOptions;
  rest: Record<string, unknown>;
} {
  checkOption('options', options, rule.object);
  const own: Record<string, unknown> & GivenOptions = {};
  const rest: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(given(options))) {
    (Object.hasOwn(rules, name) ? own : rest)[name] = value;
  }
  checkOptions(own, rules);
  checkWindows(own);
  // What is unknown to the method may be a misspelt one of these.
  hide(rest, besides, Object.keys(rules));
  if (own.strategy) {
    if (own.method) throw new InvalidOptionsError('method', 'and `strategy` exclude each other: give one of them');
    checkOptions(rest, {});
  }
  return { own, rest };
}

/** A window that is given alone must fit beside the default of the other, for every lifetime. */
function checkWindows(own: CommonSessionOptions): void {
  const { advisoryWindowSeconds = SHORTEST_ADVISORY_SECONDS, mandatoryWindowSeconds = DEFAULT_MANDATORY_SECONDS } = own;
  if (mandatoryWindowSeconds < advisoryWindowSeconds) return;
  throw new InvalidOptionsError(
    own.advisoryWindowSeconds ? 'advisoryWindowSeconds' : 'mandatoryWindowSeconds',
    `does not fit: the mandatory window, ${mandatoryWindowSeconds} s, must be below the advisory window, ${advisoryWindowSeconds} s`,
  );
}
