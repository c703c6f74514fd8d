/** What a failure of the network or of TLS means. Node's and OpenSSL's codes are matched; their own error is the cause. */
import type { FailureClass } from '@brs/core';
import { IotError, type IotErrorCode } from './errors.js';
import { elsewhere, rejectedHint as rejected } from './refusals.js';

type Meaning = readonly [code: IotErrorCode, what: string, hint: string, kind?: FailureClass['kind']];

const network = 'Check the network, DNS and `endpoint`.';

const byCode: readonly (readonly [pattern: RegExp, ...Meaning])[] = [
  [
    // OpenSSL 3 says `SSLV3_ALERT_…` or `TLSV1_ALERT_…`, newer versions `SSL/TLS_ALERT_…`.
    /ALERT_.*(CERT|UNKNOWN_CA|ACCESS_DENIED|HANDSHAKE_FAILURE|DECRYPT_ERROR)/,
    'CERTIFICATE_REJECTED',
    'the certificate was rejected',
    rejected,
    'terminal',
  ],
  [
    /PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL/,
    'TLS_VERSION',
    'there is no common version of TLS',
    'Lower `minTlsVersion`.',
    'terminal',
  ],
  [
    // Recoverable: nobody refused anything. A clock that is not set yet and a captive portal look like this.
    /^(CERT_|CRL_|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|INVALID_|HOSTNAME_|PATH_LENGTH|ERR_TLS_CERT_ALTNAME)/,
    'SERVER_NOT_TRUSTED',
    "the server's certificate was not accepted",
    `Check \`ca\` and this machine's clock. ${elsewhere}`,
  ],
  [/^(ERR_SSL|EPROTO)/, 'TLS_FAILED', 'the server does not speak TLS', elsewhere],
  [/^HPE_/, 'UNREADABLE_ANSWER', 'the answer is not HTTP', elsewhere],
  [/^(ECONNRESET|EPIPE|ECONNABORTED)$/, 'CONNECTION_CUT', 'the connection was cut', `${network} ${rejected}`],
  [/^/, 'CONNECTION_FAILED', 'there was no connection', network],
];

/** The error that a failed request is. */
export function explainNetworkError(cause: unknown): IotError {
  if (cause instanceof IotError) return cause;
  const { code = 'unknown', message } = Object(cause) as NodeJS.ErrnoException;
  // Where OpenSSL fails while something is written, what it says stands in the message alone.
  const said = code === 'EPROTO' ? `${code} ${message.toUpperCase().replaceAll(' ', '_')}` : code;
  const [, name, what, hint, kind = 'recoverable'] = byCode.find(([pattern]) => pattern.test(said)) as [
    RegExp,
    ...Meaning,
  ];
  return fail(name, `${what} (${code})`, { kind, hint }, cause);
}

/**
 * A connection that is cut before the first answer may be the network. Where it is cut again, the server does not want
 * this certificate: AWS IoT ends connections of certificates that it does not know.
 */
export function explainRepeatedCut({ cause }: IotError): IotError {
  return fail('CERTIFICATE_REJECTED', 'the connection was cut again', { kind: 'terminal', hint: rejected }, cause);
}

/** No whole answer in time. */
export function explainTimeout(timeoutMs: number, cause: unknown): IotError {
  return fail('TIMEOUT', `no whole answer within ${timeoutMs} ms`, { kind: 'recoverable', hint: network }, cause);
}

function fail(code: IotErrorCode, what: string, failure: FailureClass, cause: unknown): IotError {
  return new IotError(code, `The request failed: ${what}.`, failure, { cause });
}
