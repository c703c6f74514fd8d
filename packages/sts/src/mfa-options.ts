/** The options of multi-factor authentication, and what can be said about them before a code is needed. */
import { type OptionRule, rule } from '@brs/core';

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

/** How a command that gives MFA codes is run. There are no other options, and there is never a shell. */
export interface MfaCommandOptions {
  /** Working directory. Default: the process's. */
  readonly cwd?: string | undefined;
  /** The whole environment of the command. Default: the process's. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** How long the command may run, in milliseconds. Default 30,000. It is killed then. */
  readonly timeoutMs?: number | undefined;
}

/**
 * Multi-factor authentication: a new code for every request, asked for once however many callers wait, and never sent
 * twice. When the source gives a code that this process has sent before, the next window of 30 s is awaited and the
 * source is asked again.
 *
 * Because a person may have to type the code, one refresh may take two minutes instead of 30 s, unless the session's
 * `refreshTimeoutMs` says otherwise.
 */
export interface MfaOptions {
  /** The serial number of a hardware device, or the ARN of a virtual one. */
  readonly serialNumber: string;
  /** Where the codes come from. */
  readonly token: MfaTokenSource;
  /** How the command is run, where `token` is one. An error beside a function. */
  readonly commandOptions?: MfaCommandOptions | undefined;
}

/** Whether a value is what an MFA device shows. */
export function isMfaCode(value: unknown): value is string {
  return typeof value === 'string' && /^\d{6}$/.test(value);
}

const tokenRule: OptionRule = (value) => {
  const command: unknown[] = [value].flat();
  const isCommand = command.every((part) => typeof part === 'string') && command[0]?.trim() && !isMfaCode(value);
  if (!isCommand && typeof value !== 'function')
    return 'must be a function or a command that gives a new code each time';
};

/** The rule of the option `mfa`. */
export const mfaRule: OptionRule = /* @__PURE__ */ rule.shape(
  {
    serialNumber: rule.string,
    token: tokenRule,
    commandOptions: /* @__PURE__ */ rule.shape({
      cwd: rule.string,
      env: rule.object,
      timeoutMs: /* @__PURE__ */ rule.number('milliseconds', { max: 2 ** 31 - 1 }),
    }),
  },
  ['serialNumber', 'token'],
);
