/**
 * What the answers of the credential provider mean that are no credentials. Statuses and messages were gathered from
 * AWS's documentation and from what the service was seen to answer; they are matched loosely.
 */
import type { TlsResponse } from '@brs/core';
import { endpointHint } from './endpoint.js';
import { IotError, type IotErrorCode } from './errors.js';

/** By status and message, the first that fits. */
const refusals: readonly [status: number, message: RegExp, code: IotErrorCode, hint: string, mayHeal?: true][] = [
  [
    403,
    /thing name/i,
    'THING_NOT_ATTACHED',
    'Attach the thing to the certificate (aws iot attach-thing-principal), or correct `thingName`.',
  ],
  [
    403,
    /access denied/i,
    'ACCESS_DENIED',
    'Attach a policy to the certificate that allows iot:AssumeRoleWithCertificate on the role alias.',
  ],
  [
    403,
    /certificate/i,
    'CERTIFICATE_NOT_ACCEPTED',
    'The certificate is not active, or of another account or region than `endpoint`.',
  ],
  [404, /alias/i, 'ROLE_ALIAS_NOT_FOUND', 'Create the role alias (aws iot create-role-alias), or correct `roleAlias`.'],
  [404, /^not found/i, 'WRONG_ENDPOINT', endpointHint],
  [400, /duration/i, 'DURATION_TOO_LONG', 'Lower the duration of the role alias, or raise the maximum of the role.'],
  [
    400,
    /assume/i,
    'ROLE_NOT_ASSUMABLE',
    'The trust policy of the role must let credentials.iot.amazonaws.com assume it. A new role takes a while.',
    true,
  ],
];

/** The error that an answer is. `message` is the service's own, where it has one. */
export function explainRefusal(response: TlsResponse, message: string | undefined): IotError {
  const { status, headers } = response;
  const said = `The credential provider answered ${status}${message ? `: ${message}` : ''}.`;
  const details = { status, requestId: headers['x-amzn-requestid'] };
  const mayPass = (code: IotErrorCode, hint: string, retryAfterMs?: number): IotError =>
    new IotError(code, said, { kind: 'recoverable', hint, retryAfterMs }, details);

  if (status === 429) return mayPass('THROTTLED', 'AWS IoT is busy.', readRetryAfter(headers));
  if (status >= 500) return mayPass('SERVICE_FAILED', 'AWS IoT is down, or a proxy.', readRetryAfter(headers));
  if (status >= 300 && status < 400) return mayPass('REDIRECTED', `Redirects are not followed. ${elsewhere}`);
  // Every refusal of the service says in one of these two ways that it is one.
  if (status < 400 || (message === undefined && !headers['x-amzn-errortype'])) {
    // A proxy has refused the device's certificate after the handshake: nginx answers so, with a page of HTML.
    return status === 400 && /SSL certificate/.test(Buffer.from(response.body).toString())
      ? new IotError('CERTIFICATE_REJECTED', said, { kind: 'terminal', hint: rejectedHint }, details)
      : mayPass('UNREADABLE_ANSWER', elsewhere);
  }
  const [, , code = 'REFUSED', hint = 'The message says why.', mayHeal] =
    refusals.find(([of, pattern]) => of === status && pattern.test(message ?? '')) ?? [];
  return mayHeal ? mayPass(code, hint) : new IotError(code, said, { kind: 'terminal', hint }, details);
}

/** What is wrong with a certificate that is refused by a server. */
export const rejectedHint: string =
  'The certificate is unknown to AWS IoT in this account and region, not active, revoked or expired.';

/** What is likely when the answer is not one of the service. */
export const elsewhere: string =
  'Something answers in the place of AWS IoT: check `endpoint`, proxies and captive portals.';

function readRetryAfter({ date, 'retry-after': after = '' }: TlsResponse['headers']): number | undefined {
  // Seconds, or a date.
  const ms = Number(after) * 1000 || Date.parse(after) - Date.parse(date ?? '');
  return ms > 0 ? ms : undefined;
}
