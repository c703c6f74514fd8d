/** The certificate of the device: it can be read, it belongs to the key, it is valid today and for a while. */
import { X509Certificate } from 'node:crypto';
import { type Check, failed, type Finding, notApplicable, ok, warning } from '../check.js';

const dayMs = 86_400_000;
/** Less than this, or than a third of its life, is soon: when the session begins to tell of it. */
const soonMs = 30 * dayMs;

export const certificate: Check = {
  name: 'certificate',
  title: 'Certificate',
  needs: ['key'],
  async run(patient) {
    const device = await patient.device();
    if (!device) return notApplicable('the method has none');
    const { certificate: pem } = await device.open();
    const chain = (pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []).map(
      (block) => new X509Certificate(block),
    );
    return judge(chain, Date.now());
  },
};

function judge([leaf, ...issuers]: X509Certificate[], now: number): Finding {
  if (!leaf) return failed('There is no certificate.', 'Give the one that was issued for the key.');
  const [start, end] = [Date.parse(leaf.validFrom), Date.parse(leaf.validTo)];
  const clock = `This machine's clock says ${new Date(now).toISOString()}.`;
  const name = leaf.subject.replaceAll('\n', ', ');
  const until = new Date(end).toISOString();
  if (now > end) return failed(`It expired on ${until}.`, `Renew it. ${clock}`, 'CERTIFICATE_EXPIRED');
  if (now < start) {
    return failed(
      `It is not valid before ${new Date(start).toISOString()}.`,
      `Set the clock, if it is wrong. ${clock}`,
      'CERTIFICATE_NOT_YET_VALID',
    );
  }
  const stranger = issuers.findIndex(
    (issuer, index) => !([leaf, ...issuers][index] as X509Certificate).checkIssued(issuer),
  );
  if (stranger >= 0) {
    return warning(
      `Certificate ${stranger + 2} of ${issuers.length + 1} has not issued the one before it.`,
      "Put them in order: the device's own, then its issuer, and so on.",
      'CHAIN_BROKEN',
    );
  }
  const left = end - now;
  if (left < Math.min(soonMs, (end - start) / 3)) {
    return warning(
      `${name} is good until ${until}, ${daysOf(left)} from now.`,
      'Renew it.',
      'CERTIFICATE_EXPIRES_SOON',
    );
  }
  const behind = issuers.length > 0 ? `, with ${issuers.length} of its chain` : '';
  return ok(`${name}, fits the key, good until ${until}${behind}`);
}

function daysOf(ms: number): string {
  const days = Math.floor(ms / dayMs);
  return days === 1 ? '1 day' : `${days} days`;
}
