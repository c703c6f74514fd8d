/** Turns whatever the SDK throws into an error that may be shown: named, classified, and without a raw answer in it. */
import type { FailureClass } from '@brs/core';
import { classifyRefusal } from './classify.js';
import { StsError } from './errors.js';
import type { Trace } from './request.js';

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
  for (const [name, value] of Object.entries({ ...input, ...identity })) {
    if (value && typeof value === 'string' && /(Token|Code|Assertion|AccessKey)$/.test(name))
      message = message.replaceAll(value, '***');
  }

  if (!response) {
    const isFinal =
      message.startsWith('Region is missing') || /^(CREDENTIALS_DENIED|SESSION_CLOSED)$/.test(error.code as string);
    const hint = sent
      ? 'Check the network and the endpoint.'
      : 'Check the region, the base credentials, and the source of the token or the MFA code.';
    return new StsError(
      sent ? (error.code ?? error.name) : 'RequestNotMade',
      `${what} failed: ${message}`,
      { kind: isFinal ? 'terminal' : 'recoverable', hint: error.hint ?? hint },
      { cause: thrown },
    );
  }

  const { statusCode: status, headers } = response;
  const retryAfterMs = Number(headers['retry-after']) * 1000 || undefined;
  const details = { status, requestId: headers['x-amzn-requestid'] };
  // The SDK calls an answer that has no code of AWS's `Unknown` or `NotFound`.
  if (!error.$fault || /^(Unknown|NotFound)$/.test(error.name)) {
    return new StsError(
      'UnreadableAnswer',
      `${what} failed: HTTP ${status}, not an answer of STS.`,
      {
        kind: 'recoverable',
        retryAfterMs,
        hint: 'Something answers in the place of STS: check proxies and the endpoint. Redirects are not followed.',
      },
      details,
    );
  }
  const code = error.name.replace(/Exception$/, '');
  const failure = { retryAfterMs, ...classifyRefusal(code, message, status, input) } as FailureClass;
  return new StsError(code, `${what} failed: ${code}: ${message}`, failure, details);
}
