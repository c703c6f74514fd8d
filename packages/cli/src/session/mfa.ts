/**
 * MFA with a code that a person types. A role is refreshed every hour, and nobody wants to be asked every hour: the code
 * goes into one session of the user (GetSessionToken), whose credentials are the base of the role for hours.
 */
import type { Options } from '../config/option-path.js';
import { CliError } from '../cli-error.js';
import { isPlainObject } from '../config/option-path.js';
import { askOnTerminal } from './terminal.js';

/** The options of the session below, and those of the session itself; one only, where a person has to be asked for nothing. */
export interface MfaPlan {
  readonly base?: Options;
  readonly session: Options;
}

/** Seconds. What AWS gives by default for a session of a user. */
const baseLifetimeSeconds = 43_200;

/**
 * What has to be made of options with `mfa.serialNumber` and no `mfa.token`.
 *
 * @throws CliError (usage) for a role that is to last longer than AWS lets one last that is assumed with a session.
 */
export function planMfa(options: Options): MfaPlan {
  const { mfa, ...rest } = options;
  if (!isPlainObject(mfa) || mfa.serialNumber === undefined || mfa.token !== undefined) return { session: options };
  const asked = { ...mfa, token: askForCode };
  if (rest.getSessionToken !== undefined) return { session: { ...rest, mfa: asked } };
  const { assumeRole, chain, ...shared } = rest;
  const [first] = Array.isArray(chain) ? (chain as unknown[]) : [assumeRole];
  if (isPlainObject(first) && Number(first.DurationSeconds) > 3600) {
    throw new CliError('usage', 'With an MFA code from the terminal, a role lasts one hour at most.', {
      hint: 'Leave DurationSeconds out: the role is refreshed, and the code asked for once in 12 hours. Or give `mfa.token` a command.',
    });
  }
  const { region, profile, stsClient, credentials } = shared;
  const base = {
    method: 'sts',
    ...defined({ region, profile, stsClient, credentials }),
    getSessionToken: { DurationSeconds: baseLifetimeSeconds },
    mfa: asked,
  };
  const { profile: _, credentials: __, ...above } = rest;
  return { base, session: above };
}

function askForCode({ serialNumber, signal }: { serialNumber: string; signal: AbortSignal }): Promise<string> {
  return askOnTerminal(`MFA code of ${serialNumber}`, signal);
}

function defined(options: Options): Options {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}
