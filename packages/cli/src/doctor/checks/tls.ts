/** The server's certificate: of an authority that is trusted, for its name, in its validity, and nobody in between. */
import { type Check, failed, type Finding, notApplicable, ok, warning } from '../check.js';
import { howToSetClock } from '../how-to-set-clock.js';
import { type Handshake, shakeHands } from '../network.js';
import type { Provider } from '../provider.js';

/** Who signs what AWS serves. */
const signsForAws = /Amazon|Starfield|DigiCert|VeriSign|Symantec/i;
const untrusted = /^(SELF_SIGNED|DEPTH_ZERO|UNABLE_TO|INVALID_CA|CERT_UNTRUSTED|CERT_SIGNATURE)/;
/** How a server behaves that does not like a certificate, or misses one. */
const endsHandshake = /ALERT|ECONNRESET|EPIPE/;

export const tls: Check = {
  name: 'tls',
  title: 'TLS',
  needs: ['connection'],
  async run(patient) {
    const provider = await patient.provider();
    if (!provider) return notApplicable('only the method knows where it connects to');
    if (provider.hasOwnWay) return notApplicable('requests go by a handler of the configuration');
    if (!provider.isTls) return withoutTls(provider);
    try {
      const finding = judge(provider, await shakeHands(provider), patient.env);
      const isVerified = provider.isVerified && patient.env.NODE_TLS_REJECT_UNAUTHORIZED !== '0';
      return isVerified || finding.state !== 'failed' ? finding : unverified(finding);
    } catch (error) {
      return explain(provider, error as NodeJS.ErrnoException);
    }
  },
};

function withoutTls({ host }: Provider): Finding {
  if (/^(127\.|::1$|localhost$)/.test(host)) return notApplicable('the endpoint is on this machine, without TLS');
  return warning(`${host} is spoken to without TLS.`, 'Give an endpoint with https://', 'NO_TLS');
}

/** Where servers are not verified, the connection is made all the same. */
function unverified({ found, advice, code }: Finding): Finding {
  return warning(`${found} The server is not verified, and this is not noticed.`, advice, code);
}

function judge(
  provider: Provider,
  { problem, version, issuer, subject, validTo }: Handshake,
  env: NodeJS.ProcessEnv,
): Finding {
  const { host, name } = provider;
  const isForeign = /\.amazonaws\.com(\.cn)?$/.test(host) && !signsForAws.test(issuer);
  const trust =
    name === 'AWS IoT'
      ? 'Give the authority as the option `ca`.'
      : `Name the authority in NODE_EXTRA_CA_CERTS${env.AWS_CA_BUNDLE ? '; AWS_CA_BUNDLE is for other programs' : ''}.`;
  if (problem === undefined) {
    return isForeign
      ? warning(`${version}, by ${issuer}: not by Amazon, somebody reads along.`, undefined, 'INTERCEPTED')
      : ok(`${version}, certificate by ${issuer}, good until ${new Date(validTo).toISOString()}`);
  }
  const by = `Its certificate is of ${subject}, by ${issuer}.`;
  if (problem === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return failed(
      `The server is not ${host}. ${by}`,
      'Correct the endpoint; or something answers in its place: a proxy, a captive portal, a wrong entry in DNS.',
      problem,
    );
  }
  if (problem === 'CERT_HAS_EXPIRED') {
    return failed(
      `The certificate of ${host} expired on ${new Date(validTo).toISOString()}. ${by}`,
      `Whoever runs the server has to renew it; or this machine's clock is wrong: it says ${new Date().toISOString()}.`,
      problem,
    );
  }
  if (problem === 'CERT_NOT_YET_VALID') {
    return failed(
      `The certificate of ${host} is not valid yet, by this machine's clock: ${new Date().toISOString()}.`,
      `Set the clock: ${howToSetClock}`,
      problem,
    );
  }
  if (untrusted.test(problem)) {
    return failed(
      isForeign
        ? `Somebody intercepts the connection to ${host}: its certificate is by ${issuer}, and not by Amazon.`
        : `The authority of the certificate of ${host} is not trusted. ${by}`,
      isForeign ? `If that is your company's proxy: ${trust}` : trust,
      problem,
    );
  }
  return failed(`The certificate of ${host} was not accepted (${problem}). ${by}`, trust, problem);
}

function explain({ host, device, proxy }: Provider, error: NodeJS.ErrnoException): Finding {
  const { code = '', message } = error;
  if (code === 'PROXY_REFUSED') {
    const login = /407/.test(message) ? 'Give it user and password: http://user:password@host:port' : undefined;
    return failed(message, login ?? `Let the proxy ${proxy?.host ?? ''} connect to ${host}.`, code);
  }
  // What the server has against the device's certificate is told by the request itself, in the words of its package.
  if (device && endsHandshake.test(code)) {
    // Nothing can be shown here of a key that is in a token, and older versions of TLS want to see it first.
    if (device.identity.kind === 'pkcs11') return ok('the server wants to see the device before it goes on');
    return warning(`${host} has ended the handshake before it was done (${code}).`, undefined, code);
  }
  if (/ERR_SSL|EPROTO/.test(code)) {
    return failed(
      `What listens at ${host} does not speak TLS as it should (${code}).`,
      'Correct endpoint and port.',
      code,
    );
  }
  return failed(`The handshake with ${host} failed: ${message}`, 'Check firewalls and proxies on the way.', code);
}
