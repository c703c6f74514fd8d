/** The errors of the program itself, and the exit codes. A message is one line for a person; no secret is in it. */

/** What the process ends with. They are documented, and do not change. */
export const exitCode = {
  /** Something that was not expected. */
  failure: 1,
  /** The command line, the configuration or an option is wrong. Asking again does not help. */
  usage: 2,
  /** The source refused to give credentials. */
  refused: 3,
  /** The source could not be reached, or failed in a way that may pass. */
  unavailable: 4,
  /** Something has to be there that is not: a package, a terminal, a program. */
  missing: 5,
  /** `brs doctor`: a check has failed. */
  problem: 6,
  /** `brs exec`: brs failed, and the command was not started. As of `env` and `timeout`. */
  notStarted: 125,
  /** `brs exec`: the command was found and could not be started. */
  notExecutable: 126,
  /** `brs exec`: there is no such command. */
  notFound: 127,
} as const;

/** An error of the program: what is wrong, what to do, and what the process ends with. */
export class CliError extends Error {
  readonly exitCode: number;
  /** What a person can do about it: a sentence of its own. */
  readonly hint: string | undefined;

  constructor(exit: keyof typeof exitCode, message: string, details: { hint?: string; cause?: unknown } = {}) {
    super(message, 'cause' in details ? { cause: details.cause } : {});
    this.name = 'CliError';
    this.exitCode = exitCode[exit];
    this.hint = details.hint;
  }
}
