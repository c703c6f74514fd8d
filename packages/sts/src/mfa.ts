/** Gives MFA codes that were never sent before. It knows nothing of STS. */
import type { Clock } from '@brs/core';
import { StsError } from './errors.js';
import { isMfaCode, type MfaOptions } from './mfa-options.js';

/** A code changes every 30 s, by the clock of the device. */
const windowMs = 30_000;

/**
 * Gives the next code: six digits that this process has not sent for this device.
 *
 * @param offset - AWS's time less this machine's, in milliseconds, as far as it is known.
 */
export async function nextMfaCode(mfa: MfaOptions, clock: Clock, offset: number, signal: AbortSignal): Promise<string> {
  const { serialNumber, token, commandOptions } = mfa;
  for (let asked = 1; ; asked++) {
    const now = clock.now() + offset;
    const answer =
      typeof token === 'function'
        ? await token({ serialNumber, time: new Date(now), signal })
        : await (await import('./mfa-command.js')).runMfaCommand(token, commandOptions ?? {}, signal);
    // A code that comes too late is not used up: the next refresh asks again, and may be given the same.
    signal.throwIfAborted();
    const code = String(answer).trim();
    if (!isMfaCode(code)) {
      throw new StsError('MfaCodeInvalid', 'The MFA code is not six digits.', { kind: 'terminal', hint: '`mfa.token` must give six digits.' });
    }
    if (claimMfaCode(serialNumber, code)) return code;
    if (asked === 3) throw usedError('recoverable');
    await new Promise<void>((resolve) => clock.startTimer(resolve, windowMs - (now % windowMs)));
    signal.throwIfAborted();
  }
}

/** For a source of codes that has no new one. */
export function usedError(kind: 'terminal' | 'recoverable'): StsError {
  return new StsError('MfaCodeUsed', 'The MFA code was sent before.', { kind, hint: '`mfa.token` must give a new code each time.' });
}

const key = Symbol.for('@brs/sts/mfa-codes/1');
const shared = globalThis as { [key]?: (code: string) => boolean };

/**
 * Whether nobody in this process has sent the code for this device; from now on somebody has. Two sessions, or an ESM
 * and a CommonJS copy of this module, can share a device. The codes are in a closure, out of sight of `inspect`.
 */
export function claimMfaCode(serialNumber: string, code: string): boolean {
  return (shared[key] ??= makeClaim())(`${serialNumber} ${code}`);
}

function makeClaim(): (code: string) => boolean {
  const sent = new Set<string>();
  return (code) => {
    // Long before a thousand codes the first one is worthless.
    if (sent.size === 1000) sent.clear();
    return sent.size < sent.add(code).size;
  };
}
