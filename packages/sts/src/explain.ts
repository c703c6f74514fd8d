/** Turns whatever the SDK throws into an error that may be shown: named, classified, and without a raw answer in it. */
import type { FailureClass } from '@brs/core';
import { classifyRefusal } from './classify.js';
import type { Trace } from './connection.js';
import { StsError } from './errors.js';

/** Says why a request failed. */
export function explain(
  thrown: unknown,
  what: string,
  input: Readonly<Record<string, unknown>>,
  { sent, response, identity }: Trace,
): StsError {
  // The error may also be another session's whose credentials are the base, or the hop's before in a chain.
  for (let cause = thrown, depth = 0; cause && depth < 9; cause = (cause as Error).cause, depth++) {
    if (cause instanceof StsError) return cause;
  }
  const error = Object(thrown) as Error & { code?: string; hint?: string; $fault?: unknown };
  // STS repeats values that it finds invalid, and below its first line whole signed requests.
  let message = String(error.message ?? typeof thrown).split('\n', 1)[0] as string;
  for (const secret of [
    identity?.secretAccessKey,
    identity?.sessionToken,
    input.TokenCode,
    input.WebIdentityToken,
    input.SAMLAssertion,
  ]) {
    if (secret && typeof secret === 'string') message = message.replaceAll(secret, '***');
  }
  const fail = (code: string, text: string, failure: FailureClass, details: object): StsError =>
    new StsError(code, `${what} failed: ${text}`, failure, details);

  if (!response) {
    const isFinal =
      message.startsWith('Region is missing') || /^(CREDENTIALS_DENIED|SESSION_CLOSED)$/.test(error.code as string);
    const hint =
      error.hint ??
      (sent
        ? 'Check the network and the endpoint.'
        : 'Check the region, the base credentials, and the source of the token or the MFA code.');
    return fail(
      sent ? (error.code ?? error.name) : 'RequestNotMade',
      message,
      { kind: isFinal ? 'terminal' : 'recoverable', hint },
      { cause: thrown },
    );
  }

  const { statusCode: status, headers } = response;
  const details = { status, requestId: headers['x-amzn-requestid'] };
  // The SDK calls an answer that has no code of AWS's `Unknown` or `NotFound`.
  const code = error.$fault && !/^(Unknown|NotFound)$/.test(error.name) ? error.name.replace(/Exception$/, '') : '';
  const failure: FailureClass = code
    ? classifyRefusal(code, message, status, input)
    : {
        kind: 'recoverable',
        hint: 'Something answers in the place of STS: check proxies and the endpoint. Redirects are not followed.',
      };
  const retryAfterMs = Number(headers['retry-after']) * 1000;
  return fail(
    code || 'UnreadableAnswer',
    code ? `${code}: ${message}` : `HTTP ${status}, not an answer of STS.`,
    retryAfterMs ? ({ retryAfterMs, ...failure } as FailureClass) : failure,
    details,
  );
}
