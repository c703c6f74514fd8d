/** The options of multi-factor authentication, and what can be said about them before a code is needed. */
import { checkOptions, type OptionRule, rule } from '@brs/core';

/** What a function that gives MFA codes is handed. */
export interface MfaTokenContext {
  /** The device that is asked for, as `mfa.serialNumber` names it. */
  readonly serialNumber: string;
  /** The time by AWS's clock, as far as it is known: for codes that are computed. */
  readonly time: Date;
  /** Aborted when the code is no longer wanted: the refresh has reached its deadline, or the session was closed. End the prompt then. */
  readonly signal: AbortSignal;
}

/**
 * Where MFA codes come from:
 *
 * - a function, which prompts a person or computes the code ({@link totp} makes one from the device's secret),
 * - a command as an array: the program and its arguments,
 * - a command as a string, split at white space; single and double quotes group, a backslash is an ordinary character.
 *
 * A command is never given to a shell. The code is the last stand-alone group of six digits in its standard output.
 */
export type MfaTokenSource = ((context: MfaTokenContext) => string | Promise<string>) | readonly string[] | string;

/** How a command that gives MFA codes is run. */
export interface MfaCommandOptions {
  /** Working directory. Default: the process's. */
  readonly cwd?: string | undefined;
  /** The whole environment of the command. Default: the process's. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** How long the command may run, in milliseconds. Default 30,000. It is killed then. */
  readonly timeoutMs?: number | undefined;
  /** `inherit` lets the command read the terminal. Default `ignore`. */
  readonly stdin?: 'ignore' | 'inherit' | undefined;
  /** `inherit` lets the command write to the terminal, such as "touch your key". Default `ignore`. */
  readonly stderr?: 'ignore' | 'inherit' | undefined;
}

/**
 * Multi-factor authentication: a new code for every request, asked for once however many callers wait, and never sent
 * twice. When a source gives a code that this process has sent before, the next window of 30 s is awaited and it is
 * asked again.
 *
 * A person may need longer than a refresh may take: raise the session's `refreshTimeoutMs` when a function prompts.
 */
export interface MfaOptions {
  /** The serial number of a hardware device, or the ARN of a virtual one. */
  readonly serialNumber: string;
  /** Where the codes come from. */
  readonly token: MfaTokenSource;
  /** How the command is run. Only with a command. */
  readonly commandOptions?: MfaCommandOptions | undefined;
}

/** Six digits, whatever else is refused. */
export const sixDigits: RegExp = /^\d{6}$/;

const tokenRule: OptionRule = (value) => {
  if (typeof value === 'function') return;
  if (typeof value === 'string' && sixDigits.test(value)) {
    return 'is one code, which is good only once: give a function or a command that gives a new one each time';
  }
  const argv = Array.isArray(value) ? value : [value];
  if (!argv.length || argv.some((part) => typeof part !== 'string') || !String(argv[0]).trim()) {
    return 'must be a function, a command as an array of strings, or a command as a string';
  }
};

const rules: Record<string, OptionRule> = {
  serialNumber: rule.string,
  token: tokenRule,
  commandOptions: rule.shape({
    cwd: rule.string,
    env: rule.object,
    timeoutMs: rule.number('milliseconds', { max: 2 ** 31 - 1 }),
    stdin: rule.oneOf('ignore', 'inherit'),
    stderr: rule.oneOf('ignore', 'inherit'),
  }),
};

/** The rule of the option `mfa`. */
export const mfaRule: OptionRule = (value, option) => {
  const problem = rule.object(value, option);
  if (problem) return problem;
  const { token, commandOptions } = value as MfaOptions;
  checkOptions(value as object, rules, { required: ['serialNumber', 'token'], path: `${option}.` });
  if (commandOptions && typeof token === 'function') return 'has `commandOptions`, but its `token` is no command';
};
