import { describe, expect, it } from 'vitest';
import { IotError } from './errors.js';
import { explainNetworkError } from './network-errors.js';

/** Codes that Node 20 to 26 give, of OpenSSL 3.0 to 3.5. */
describe('explainNetworkError', () => {
  it.each([
    ['ERR_SSL_TLSV1_ALERT_UNKNOWN_CA', 'CERTIFICATE_REJECTED', 'terminal'],
    ['ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE', 'CERTIFICATE_REJECTED', 'terminal'],
    ['ERR_SSL_SSLV3_ALERT_CERTIFICATE_REVOKED', 'CERTIFICATE_REJECTED', 'terminal'],
    ['ERR_SSL_SSL/TLS_ALERT_CERTIFICATE_EXPIRED', 'CERTIFICATE_REJECTED', 'terminal'],
    ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'CERTIFICATE_REJECTED', 'terminal'],
    ['ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE', 'CERTIFICATE_REJECTED', 'terminal'],
    ['ERR_SSL_TLSV1_ALERT_ACCESS_DENIED', 'CERTIFICATE_REJECTED', 'terminal'],
    ['ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', 'TLS_VERSION', 'terminal'],
    ['ERR_SSL_UNSUPPORTED_PROTOCOL', 'TLS_VERSION', 'terminal'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'TLS_FAILED', 'recoverable'],
    ['ERR_SSL_TLSV1_ALERT_INTERNAL_ERROR', 'TLS_FAILED', 'recoverable'],
    ['EPROTO', 'TLS_FAILED', 'recoverable'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'SERVER_NOT_TRUSTED', 'recoverable'],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'SERVER_NOT_TRUSTED', 'recoverable'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'SERVER_NOT_TRUSTED', 'recoverable'],
    ['CERT_NOT_YET_VALID', 'SERVER_NOT_TRUSTED', 'recoverable'],
    ['CERT_HAS_EXPIRED', 'SERVER_NOT_TRUSTED', 'recoverable'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'SERVER_NOT_TRUSTED', 'recoverable'],
    ['HPE_INVALID_CONSTANT', 'UNREADABLE_ANSWER', 'recoverable'],
    ['HPE_HEADER_OVERFLOW', 'UNREADABLE_ANSWER', 'recoverable'],
    ['ECONNRESET', 'CONNECTION_CUT', 'recoverable'],
    ['EPIPE', 'CONNECTION_CUT', 'recoverable'],
    ['ECONNREFUSED', 'CONNECTION_FAILED', 'recoverable'],
    ['ENOTFOUND', 'CONNECTION_FAILED', 'recoverable'],
    ['EHOSTUNREACH', 'CONNECTION_FAILED', 'recoverable'],
    ['ETIMEDOUT', 'CONNECTION_FAILED', 'recoverable'],
  ] as const)('%s: %s, %s', (code, name, kind) => {
    const cause = Object.assign(new Error('planted'), { code });
    const error = explainNetworkError(cause);
    expect(error).toMatchObject({ code: name, cause, failure: { kind, hint: expect.stringMatching(/\w/) } });
    expect(error.message).toContain(`(${code})`);
    expect(error.message).not.toContain('planted');
  });

  it.each([
    [
      'write EPROTO 80:error:0A00042E:SSL routines:ssl3_read_bytes:tlsv1 alert protocol version:alert number 70',
      'TLS_VERSION',
    ],
    [
      'write EPROTO 80:error:0A000418:SSL routines:ssl3_read_bytes:tlsv1 alert unknown ca:alert number 48',
      'CERTIFICATE_REJECTED',
    ],
  ])('looks into the message of EPROTO, the only place where OpenSSL says why: %s', (message, name) => {
    expect(explainNetworkError(Object.assign(new Error(message), { code: 'EPROTO' })).code).toBe(name);
  });

  it.each([undefined, null, 'text', 7, new Error('without a code')])('explains whatever was thrown: %s', (thrown) => {
    expect(explainNetworkError(thrown)).toMatchObject({ code: 'CONNECTION_FAILED', failure: { kind: 'recoverable' } });
  });

  it('leaves what was explained before', () => {
    const error = new IotError('PROXY_FAILED', 'The proxy answered 407.', { kind: 'recoverable' });
    expect(explainNetworkError(error)).toBe(error);
  });
});
