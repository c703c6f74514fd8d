/** What a session tells of its certificate while all is well: that it ends soon, and that new files are not in use. */
import type { StrategyContext, TlsIdentity } from '@brs/core';
import { dayMs, validityOf } from './pair.js';

const soonMs = 30 * dayMs;

/** Told after every refresh: the certificate that was used, and the service's time where it is known. */
export type ObserveCertificate = (certificate: string, now: number) => void;

/**
 * Makes the observer of one session. A certificate that ends within 30 days is told at most once a day, by the service's
 * time: the device's clock may be wrong.
 */
export function certificateNotices(
  identity: TlsIdentity,
  { notify }: Pick<StrategyContext, 'notify'>,
): ObserveCertificate {
  let toldAt = -Infinity;
  let toldOf: unknown;
  let observed: string | undefined;
  let start = 0;
  let end = 0;
  return (certificate, now) => {
    const { problem } = identity as { problem?: Error };
    const message = problem && `The new certificate or key is not in use, the old pair is: ${problem.message}`;
    if (message && message !== toldOf) notify({ code: 'CERTIFICATE_NOT_REPLACED', message });
    toldOf = message;

    // Parsing it takes longer than all else that a session does at a refresh.
    if (observed !== certificate) ({ start, end } = validityOf((observed = certificate)));
    const leftMs = end - now;
    if (leftMs < Math.min(soonMs, (end - start) / 3) && Math.abs(now - toldAt) >= dayMs) {
      toldAt = now;
      const message = `The certificate is good until ${new Date(end).toISOString()}. Renew it.`;
      notify({ code: 'CERTIFICATE_EXPIRES_SOON', message });
    }
  };
}
