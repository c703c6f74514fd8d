/** The flags of `brs serve`, and what can be said about them before anything is started. */
import { CliError } from '../cli-error.js';
import type { SessionFlags } from '../commands/session-command.js';

export interface ServeFlags extends SessionFlags {
  readonly listen?: string;
  readonly port?: string;
  readonly allowHost?: string[];
  readonly exposeToOtherMachines?: true;
  readonly tokenDir?: string;
  readonly imds?: true;
  readonly imdsProfile?: string;
  readonly imdsPort?: string;
  readonly json?: true;
}

/**
 * A port, or 0 for one that is free.
 *
 * @throws CliError (usage) for anything else.
 */
export function portOf(text: string | undefined, flag: string): number {
  const port = Number(text ?? 0);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new CliError('usage', `${flag} must be a port, from 0 to 65535.`);
}

/**
 * The names of the sessions: they are part of addresses and of file names.
 *
 * @throws CliError (usage) for one that cannot be, and for one that comes twice.
 */
export function checkNames(names: readonly string[]): void {
  const seen = new Set<string>();
  for (const name of names) {
    if (!/^[A-Za-z0-9][\w.-]{0,63}$/.test(name)) {
      throw new CliError(
        'usage',
        `'${name}' cannot be served under this name: up to 64 letters, digits, '.', '_' and '-' are allowed.`,
      );
    }
    if (seen.has(name)) throw new CliError('usage', `'${name}' is named twice.`);
    seen.add(name);
  }
}
