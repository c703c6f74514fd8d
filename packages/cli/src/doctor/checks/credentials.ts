/** The session is asked for credentials, as every command asks it. What the source answers is told by its own package. */
import { type Check, type Finding, ok } from '../check.js';
import { chainOf, failureOf, tellingOf } from '../failure.js';
import type { Patient } from '../patient.js';
import { trustAdvice } from '../trust-advice.js';

export const credentials: Check = {
  name: 'credentials',
  title: 'Credentials',
  needs: ['options', 'secret-files', 'region', 'role', 'tls', 'answer', 'base-identity', 'web-identity', 'mfa'],
  async run(patient) {
    try {
      const { expiration } = await patient.credentials();
      return ok(expiration ? `good until ${expiration.toISOString()}` : 'without an end');
    } catch (error) {
      return explain(error, patient);
    }
  },
};

async function explain(error: unknown, patient: Patient): Promise<Finding> {
  const finding = failureOf(error);
  const request = await patient.stsRequest();
  const message = tellingOf(chainOf(error))?.message ?? '';
  if (!request || finding.state !== 'failed') return finding;
  const base = await patient.base();
  const caller = await base?.caller().catch(() => undefined);
  const { options } = await patient.resolved();
  const advice = trustAdvice(
    { code: finding.code, message },
    { ...request, caller, hasMfa: options.mfa !== undefined },
  );
  return advice === undefined ? finding : { ...finding, advice };
}
