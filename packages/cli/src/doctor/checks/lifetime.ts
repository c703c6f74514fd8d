/** The set that was given lives long enough for the programs that use it. */
import { type Check, ok, warning } from '../check.js';

/** Several SDKs ask for a new set when less than this is left: from the first moment on, where it is all there is. */
const shortMs = 15 * 60_000;

export const lifetime: Check = {
  name: 'lifetime',
  title: 'Lifetime',
  needs: ['credentials'],
  async run(patient) {
    const { expiration } = await patient.credentials();
    if (!expiration) return ok('the credentials have no end: they are replaced only when a service refuses them');
    const { session } = await patient.session();
    const { expiresAt, fetchedAt, clockOffsetMs } = session.status();
    // By this machine's clock, whatever the service's.
    const ms = (expiresAt?.getTime() ?? 0) - (fetchedAt?.getTime() ?? 0);
    const text = ms < 120_000 ? `${Math.round(ms / 1000)} s` : `${Math.round(ms / 60_000)} minutes`;
    // A set of fifteen minutes has lost a moment on its way.
    if (ms < shortMs - 10_000) {
      return warning(
        `The credentials live ${text}. Several SDKs ask for new ones at every call when less than 15 minutes are left.`,
        'Raise the duration, or what limits it; brs exec and brs serve answer such programs from memory.',
        'SHORT_LIFETIME',
      );
    }
    return ok(`${text}${clockOffsetMs ? ', by the clock of AWS' : ''}`);
  },
};
