/**
 * The options of the method `custom`, and their checks at construction. Values of arguments and of the environment can
 * be secrets: no message shows one.
 */
import {
  type AcquireContext,
  checkOptions,
  type FailureClass,
  type Identity,
  type IdentityContext,
  InvalidOptionsError,
  type OptionRule,
  rule,
} from '@brs/core';
import type { SourceAnswer } from './shapes.js';

/**
 * A function that gets one set of temporary credentials each time it is called, sync or async.
 *
 * It is told why it is asked (`reason`) and handed a `signal` that is aborted when the answer is no longer wanted: when
 * `refreshTimeoutMs` has passed, or the session was closed. It does not cache and does not retry: the session does.
 * Whatever it throws is kept as the `cause` of the session's error.
 *
 * @example
 * ```ts
 * const fromVault: CredentialSource = async ({ signal }) => {
 *   const response = await fetch('https://vault.example.com/aws/reader', { signal });
 *   if (!response.ok) throw new Error(`vault answered ${response.status}`);
 *   return (await response.json()) as ContainerCredentials;
 * };
 * ```
 */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- what `args` holds is the caller's own
export type CredentialSource = (context: AcquireContext, ...args: any[]) => SourceAnswer | PromiseLike<SourceAnswer>;

/** Who the credentials belong to, as far as the caller knows; `whoami()` adds the method. */
export type CustomIdentity = Omit<Identity, 'method'>;

/** Options of both kinds of source. */
export interface SharedOptions {
  /**
   * What `whoami()` says, or a function that finds it out; it is handed the session's `credentials` for an SDK client and
   * an abort `signal`. Default: the account, if the source gives an account id.
   */
  readonly identity?:
    CustomIdentity | ((context: IdentityContext) => CustomIdentity | PromiseLike<CustomIdentity>) | undefined;
  /**
   * Says whether asking again can cure an error of the source: `{ kind: 'recoverable', retryAfterMs?, hint? }` or
   * `{ kind: 'terminal', hint }`. It receives what the function threw, or a `CommandFailedError`. `undefined` leaves
   * it to the default: everything is recoverable, except a command that cannot be started. An answer that cannot be used
   * is always recoverable.
   */
  readonly classify?: ((error: unknown) => FailureClass | undefined) | undefined;
}

/** Credentials from a function. */
export interface FunctionSourceOptions extends SharedOptions {
  /** The function. */
  readonly source: CredentialSource;
  /** What it receives after its first argument, the context. Default: nothing. */
  readonly args?: readonly unknown[] | undefined;
  readonly command?: undefined;
  readonly commandOptions?: undefined;
}

/** How a command is started. */
export interface CommandOptions {
  /** The working directory. Default: this process's. */
  readonly cwd?: string | undefined;
  /** The whole environment of the command. Default: this process's. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** Milliseconds until the command is killed, above 0. Default: it has until the deadline of the refresh, `refreshTimeoutMs`. */
  readonly timeoutMs?: number | undefined;
}

/** Credentials from a command that prints them in the `credential_process` format. */
export interface CommandSourceOptions extends SharedOptions {
  /**
   * The program and its arguments, such as `['vault-aws', '--role', 'reader']`. It is started without a shell, its
   * standard input is empty, it may print at most 1 MiB, and it is killed (SIGKILL) when its answer is no longer wanted.
   * What it prints appears in no error.
   */
  readonly command: readonly string[];
  /** How the command is started. */
  readonly commandOptions?: CommandOptions | undefined;
  readonly source?: undefined;
  readonly args?: undefined;
}

/** What the method `custom` takes beside the session's own options: a `source` function or a `command`. */
export type CustomOptions = FunctionSourceOptions | CommandSourceOptions;

const identityRule: OptionRule = rule.shape({ account: rule.string, arn: rule.string, userId: rule.string });

/** Node refuses to start a process with a NUL byte, and shows the value in its error: that is refused here. */
const areTexts = (values: readonly unknown[]): boolean =>
  values.every((value) => typeof value === 'string' && !value.includes('\0'));

const excludedBy =
  (other: string): OptionRule =>
  () =>
    `and \`${other}\` exclude each other`;

const sharedRules: Record<string, OptionRule> = {
  identity: (value, option) => (typeof value === 'function' ? undefined : identityRule(value, option)),
  classify: rule.function,
};

const functionRules: Record<string, OptionRule> = {
  ...sharedRules,
  source: rule.function,
  args: (value) => (Array.isArray(value) ? undefined : 'must be an array'),
  // Not given, but known.
  command: rule.any,
  commandOptions: excludedBy('source'),
};

const commandRules: Record<string, OptionRule> = {
  ...sharedRules,
  command: (value) =>
    Array.isArray(value) && value[0] && areTexts(value)
      ? undefined
      : 'must be an array of strings without NUL bytes, the program first',
  commandOptions: rule.shape({
    cwd: (value, option) => rule.string(value, option) ?? (areTexts([value]) ? undefined : 'must hold no NUL byte'),
    env: (value, option) =>
      rule.object(value, option) ??
      (areTexts(
        Object.entries(value as object)
          .flat()
          .filter((text) => text !== undefined),
      )
        ? undefined
        : 'must hold only strings without NUL bytes'),
    timeoutMs: rule.number('milliseconds', { max: 2 ** 31 - 1 }),
  }),
  source: excludedBy('command'),
  args: excludedBy('command'),
};

/**
 * Checks the options of the method.
 *
 * @throws InvalidOptionsError (`INVALID_OPTIONS`), for an option that is unknown, against its rule, or in conflict.
 */
export function checkCustomOptions(options: CustomOptions): void {
  const { source, command } = options;
  checkOptions(options, command === undefined ? functionRules : commandRules);
  if (!source && !command) throw new InvalidOptionsError('source', 'or `command` is required');
}

/** Checks what an `identity` function answered, and names the fields as `identity().…`. */
export function checkIdentity(answer: CustomIdentity): CustomIdentity {
  checkOptions({ 'identity()': answer ?? null }, { 'identity()': identityRule });
  return answer;
}
