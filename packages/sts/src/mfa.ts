/** Gives MFA codes that were never sent before. It knows nothing of STS. */
import type { Clock } from '@brs/core';
import { StsError } from './errors.js';
import { runMfaCommand } from './mfa-command.js';
import { isMfaCode, type MfaOptions } from './mfa-options.js';

/** A code changes every 30 s, by the clock of the device. */
const windowMs = 30_000;

const hint = '`mfa.token` must give a new code of six digits each time.';

/**
 * Gives the next code: six digits that this process has not sent for this device.
 *
 * @param offset - AWS's time less this machine's, in milliseconds, as far as it is known.
 */
export async function nextMfaCode(
  { serialNumber, token, commandOptions = {} }: MfaOptions,
  clock: Clock,
  offset: number,
  signal: AbortSignal,
): Promise<string> {
  for (let before = ''; ;) {
    const now = clock.now() + offset;
    const answer =
      typeof token === 'function'
        ? await token({ serialNumber, time: new Date(now), signal })
        : await runMfaCommand(token, commandOptions, signal);
    // A code that comes too late is not used up: the next refresh asks again, and may be given the same.
    signal.throwIfAborted();
    const code = String(answer).trim();
    if (!isMfaCode(code)) throw new StsError('MfaCodeInvalid', hint, { kind: 'terminal', hint });
    if (claimMfaCode(`${serialNumber} ${code}`)) return code;
    // The same code a window later is no new one. Another code that was sent already is: another session was faster.
    if (code === before) throw new StsError('MfaCodeUsed', hint, { kind: 'recoverable', hint });
    before = code;
    await new Promise<void>((resolve) => clock.startTimer(resolve, windowMs - (now % windowMs)));
    signal.throwIfAborted();
  }
}

const key = Symbol.for('@brs/sts/mfa/1');
const shared = globalThis as { [key]?: (code: string) => boolean };

/**
 * Whether nobody in this process has sent the code for this device; from now on somebody has. Two sessions, or an ESM
 * and a CommonJS copy of this module, can share a device. The codes are in a closure, out of sight of `inspect`.
 */
export function claimMfaCode(deviceAndCode: string): boolean {
  return (shared[key] ??= makeClaim())(deviceAndCode);
}

function makeClaim(): (deviceAndCode: string) => boolean {
  const sent = new Set<string>();
  return (deviceAndCode) => {
    // Long before a thousand codes the first one is worthless.
    if (sent.size === 1000) sent.clear();
    return sent.size < sent.add(deviceAndCode).size;
  };
}
