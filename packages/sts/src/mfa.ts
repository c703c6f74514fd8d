/** Gives MFA codes that were never sent before. It knows nothing of STS. */
import type { Clock } from '@brs/core';
import { sleep, untilAborted } from './abort.js';
import { StsError } from './errors.js';
import { type MfaOptions, sixDigits } from './mfa-options.js';

/** What a code is asked for with. */
export interface MfaRequest {
  /** AWS's time in milliseconds since the epoch, as far as it is known. */
  readonly now: () => number;
  readonly signal: AbortSignal;
}

/** A code changes every 30 s, by the clock of the device. */
const windowMs = 30_000;

/** Gives the next code. Each is six digits and was not given before, in this process, for this device. */
export async function nextMfaCode({ serialNumber, token, commandOptions }: MfaOptions, clock: Clock, { now, signal }: MfaRequest): Promise<string> {
  const ask = async (): Promise<string> => {
    if (typeof token === 'function') return token({ serialNumber, time: new Date(now()), signal });
    const { runMfaCommand } = await import('./mfa-command.js');
    return runMfaCommand(token, commandOptions ?? {}, signal);
  };
  for (let asked = 1; ; asked++) {
    const code = await untilAborted(ask(), signal).catch((cause: unknown) => {
      if (signal.aborted || cause instanceof StsError) throw cause;
      throw failed('MfaCodeUnavailable', 'The source of MFA codes (`mfa.token`) failed.', 'recoverable', { cause });
    });
    const trimmed = typeof code === 'string' ? code.trim() : '';
    if (!sixDigits.test(trimmed)) throw failed('MfaCodeInvalid', 'The MFA code must be six digits: `mfa.token` gave something else.', 'terminal');
    if (claimMfaCode(serialNumber, trimmed)) return trimmed;
    if (asked === 3) throw failed('MfaCodeUsed', 'The source of MFA codes (`mfa.token`) gave only codes that were sent before.', 'recoverable');
    await sleep(windowMs - (now() % windowMs), clock, signal);
  }
}

function failed(code: string, message: string, kind: 'recoverable' | 'terminal', rest: { cause?: unknown } = {}): StsError {
  return new StsError(message, { code, failure: { kind, hint: message }, ...rest });
}

const key = Symbol.for('@brs/sts/claim-mfa-code/1');
type Claim = (serialNumber: string, code: string) => boolean;

/**
 * Whether nobody in this process has sent the code for this device; from now on somebody has. Two sessions, or an ESM
 * and a CommonJS copy of this module, can share a device. The codes are in a closure, out of sight of `inspect`.
 */
export function claimMfaCode(serialNumber: string, code: string): boolean {
  const shared = globalThis as { [key]?: Claim };
  return (shared[key] ??= makeClaim())(serialNumber, code);
}

function makeClaim(): Claim {
  const sent = new Map<string, string[]>();
  return (serialNumber, code) => {
    const codes = sent.get(serialNumber) ?? [];
    if (codes.includes(code)) return false;
    sent.set(serialNumber, [...codes.slice(-9), code]);
    return true;
  };
}
