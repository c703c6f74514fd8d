/** The method `custom` as a strategy: asks the caller's function or command once, and leaves the rest to the session. */
import {
  type AcquireContext,
  type AcquiredCredentials,
  defineStrategy,
  type FailureClass,
  type Identity,
  type IdentityContext,
  type Strategy,
} from '@brs/core';
import { CommandFailedError, runCommand } from './command.js';
import { checkCustomOptions, checkIdentity, type CustomOptions } from './options.js';
import { readAnswer, readOutput } from './shapes.js';

/**
 * A strategy over a function or a command of your own. `method: 'custom'` makes it for you; call it to pass it as
 * `strategy`, or to build on it.
 *
 * @throws InvalidOptionsError (`INVALID_OPTIONS`) for options that are unknown, against their rule, or in conflict.
 *
 * @example
 * ```ts
 * const strategy = createCustomStrategy({ command: ['vault-aws', '--role', 'reader'] });
 * const session = new RefreshableSession({ strategy });
 * ```
 */
export function createCustomStrategy(options: CustomOptions): Strategy {
  checkCustomOptions(options);
  const { identity, classify } = options;
  return defineStrategy({
    name: 'custom',
    acquire: acquireFrom(options),

    async identity(context: IdentityContext): Promise<Identity> {
      if (!identity) return { method: 'custom', account: (await context.credentials()).accountId };
      return {
        ...(typeof identity === 'function' ? checkIdentity(await identity(context)) : identity),
        method: 'custom',
      };
    },

    classify: (error) => classify?.(error) ?? classifyByDefault(error),
  });
}

/** The one call of the source. */
function acquireFrom(options: CustomOptions): (context: AcquireContext) => Promise<AcquiredCredentials> {
  if (options.command) {
    // Copied, so that what was checked is what runs.
    const command = [...options.command];
    const commandOptions = { ...options.commandOptions };
    return async ({ signal }) => readOutput(await runCommand(command, commandOptions, signal));
  }
  const { source, args = [] } = options;
  return async (context) => readAnswer(await source(context, ...args));
}

function classifyByDefault(error: unknown): FailureClass {
  if (!(error instanceof CommandFailedError)) return { kind: 'recoverable' };
  return error.startFailure
    ? {
        kind: 'terminal',
        hint: 'The program `command[0]` has to be there and executable, and `commandOptions.cwd` a directory.',
      }
    : { kind: 'recoverable', hint: 'Run the command by hand: what it prints is kept out of errors.' };
}
