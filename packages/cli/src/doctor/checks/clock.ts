/**
 * This machine's clock, against that of the service. AWS refuses signatures that are more than five minutes off. Sessions of
 * ours correct themselves by the answers; other programs that are handed the credentials may not.
 */
import { type Check, failed, notApplicable, ok, warning } from '../check.js';
import { howToSetClock } from '../how-to-set-clock.js';

const refusedMs = 300_000;
const noticedMs = 30_000;

export const clock: Check = {
  name: 'clock',
  title: 'Clock',
  needs: ['tls'],
  async run(patient) {
    if (!(await patient.provider())) return notApplicable('nothing says what time it is');
    const { answer, sentAt, receivedAt } = await patient.answer();
    const theirs = Date.parse(answer?.headers.date ?? '');
    if (!theirs) return notApplicable('the service has not said what time it is');
    // Their time has whole seconds, and was written down somewhere between the two instants.
    const offsetMs = (sentAt + receivedAt) / 2 - (theirs + 500);
    const off = Math.abs(offsetMs);
    if (off < noticedMs) return ok(off < 2000 ? 'agrees with that of AWS' : `${words(off)} off`);
    const found = `This machine's clock is ${words(off)} ${offsetMs < 0 ? 'behind' : 'ahead'}.`;
    const advice = `Set it: ${howToSetClock}`;
    return off < refusedMs
      ? warning(`${found} AWS refuses signatures from 5 minutes on.`, advice, 'CLOCK_OFF')
      : failed(
          `${found} AWS refuses signatures that are more than 5 minutes off; sessions of brs correct themselves, other programs may not.`,
          advice,
          'CLOCK_OFF',
        );
  },
};

function words(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 120) return `${minutes} minutes`;
  const hours = Math.round(minutes / 60);
  return hours < 48 ? `${hours} hours` : `${Math.round(hours / 24)} days`;
}
