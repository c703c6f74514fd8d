/** STS itself answers: not a proxy, not a captive portal. */
import { codeOf, messageOf } from '../failure.js';
import { type Check, failed, notApplicable, ok } from '../check.js';

export const answer: Check = {
  name: 'answer',
  title: 'Answer',
  needs: ['tls'],
  async run(patient) {
    const provider = await patient.provider();
    if (provider?.name !== 'STS') return notApplicable('the service answers only to what it knows');
    const { answer: told, problem } = await patient.answer();
    if (!told) {
      return failed(
        `STS does not answer: ${messageOf(problem as Error).replace(/\.$/, '')}.`,
        'Check firewalls and proxies on the way.',
        codeOf(problem as Error),
      );
    }
    const { status, headers } = told;
    // Others that speak its language, for tests, have no such id.
    if (headers['x-amzn-requestid'] === undefined && !/\/xml\b/.test(headers['content-type'] ?? '')) {
      return failed(
        `Something else than STS answers at ${provider.host} (HTTP ${status}).`,
        'Check AWS_ENDPOINT_URL, proxies and captive portals.',
        'NOT_STS',
      );
    }
    if (status >= 500) return failed(`STS is out of order (HTTP ${status}).`, 'Try again later.', `HTTP_${status}`);
    return ok(`STS at ${provider.host}`);
  },
};
