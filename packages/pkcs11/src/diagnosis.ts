/**
 * Finds out why a handshake failed. The CRT says only that it did, and with some failures only after 10 to 30 seconds. The
 * server's alert says it; where there is none, Node's own TLS, without the device's certificate, says on whose side the reason is.
 */
import { isIP } from 'node:net';
import { connect, type ConnectionOptions } from 'node:tls';
import { type Destination, openTunnel } from './tunnel.js';

/** A reason, and what a person can do about it. */
export interface Diagnosis {
  readonly code: 'TLS_FAILED' | 'TLS_VERSION';
  readonly reason: string;
  readonly hint: string;
  /** Whether it is the server that is at fault, which needs no failed handshake to be known. */
  readonly certain: boolean;
}

export const tls13Hint =
  'With a PKCS#11 key the AWS Common Runtime speaks TLS 1.2 alone. Let the server accept it; AWS IoT does, unless a domain configuration has a security policy for TLS 1.3 only.';

const versionAlert: Diagnosis = {
  code: 'TLS_VERSION',
  reason: 'the server insists on TLS 1.3',
  hint: tls13Hint,
  certain: true,
};

function refused(how: string): Diagnosis {
  return {
    code: 'TLS_FAILED',
    reason: how,
    hint: 'The certificate has to be registered and active with the server, and be in its validity.',
    certain: false,
  };
}

/** Alerts of a server that refuses a certificate; RFC 5246, section 7.2.2. */
const refusals: ReadonlyMap<number, string> = new Map([
  [42, 'bad certificate'],
  [43, 'unsupported certificate'],
  [44, 'certificate revoked'],
  [45, 'certificate expired'],
  [46, 'certificate unknown'],
  [48, 'unknown authority'],
  [49, 'access denied'],
]);

/** What an alert of the server in a handshake means, where it leaves no doubt. */
export function explainAlert(alert: number): Diagnosis | undefined {
  if (alert === 70) return versionAlert;
  const name = refusals.get(alert);
  return name === undefined ? undefined : refused(`the server refused the device's certificate (${name})`);
}

const guess = refused("the server's certificate is good, so that it is the server that refused the device's");

/** Certificates of a server that cannot be trusted; OpenSSL's names of the reasons. */
const untrusted = /^(CERT_|DEPTH_ZERO|ERR_TLS_CERT_ALTNAME|HOSTNAME_MISMATCH|INVALID_CA|SELF_SIGNED|UNABLE_TO)/;

/** The server, as the request has it. */
export interface Server extends Destination {
  readonly ca: string | undefined;
  readonly verifyServer: boolean;
}

/** `undefined` where nothing can be said, such as when there is no connection at all. */
export async function diagnose(server: Server, timeoutMs: number): Promise<Diagnosis | undefined> {
  // With TLS 1.3 a client has judged the server before the server judges it, and misses its certificate.
  const judged = await shakeHands(server, 'TLSv1.3', timeoutMs);
  if (judged !== 'TLSv1.3') return judgeError(judged);
  const older = await shakeHands(server, 'TLSv1.2', timeoutMs);
  return /PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL/.test(older) ? versionAlert : guess;
}

/** The version that was agreed on, or the code of what failed. */
async function shakeHands(server: Server, maxVersion: 'TLSv1.2' | 'TLSv1.3', timeoutMs: number): Promise<string> {
  const { host, ca, verifyServer } = server;
  const tunnel = await openTunnel(server, AbortSignal.timeout(timeoutMs)).catch(() => undefined);
  if (!tunnel) return '';
  // An address is no name of a server.
  const servername = isIP(host) ? '' : host;
  const options: ConnectionOptions = { socket: tunnel, host, servername, maxVersion, rejectUnauthorized: verifyServer };
  return new Promise((resolve) => {
    const socket = connect(ca === undefined ? options : { ...options, ca });
    const end = (result: string): void => {
      resolve(result);
      socket.destroy();
    };
    socket.on('secureConnect', () => end(socket.getProtocol() ?? ''));
    socket.on('error', (error: NodeJS.ErrnoException) => end(error.code ?? ''));
    socket.setTimeout(timeoutMs, () => end(''));
  });
}

function judgeError(code: string): Diagnosis | undefined {
  if (code === 'TLSv1.2') return guess;
  if (!untrusted.test(code)) return undefined;
  return {
    code: 'TLS_FAILED',
    reason: `the certificate of the server is not trusted (${code})`,
    hint: 'Give the authority of the server as `ca`, and look at the name of the host and at the clock of this machine.',
    certain: true,
  };
}
