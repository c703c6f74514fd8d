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
  // STS repeats values that it finds invalid, and below its first line whole signed requests; the SDK the command line of a
  // profile's process, and what that has printed.
  const [first, command] = String(error.message ?? typeof thrown).split(/\n|(?<=(Command failed))/);
  let message = first as string;
  for (const [name, value] of Object.entries({ ...input, ...identity })) {
    // A source of a token that has given none, and is still in its place, is in no message.
    if (value && /(Token|Code|Assertion|AccessKey)$/.test(name)) message = message.replaceAll(value as string, '***');
  }

  if (!response) {
    const isFinal = /^Region is missing|^(CREDENTIALS_DENIED|SESSION_CLOSED)$/.test(error.code ?? message);
    const hint = sent
      ? 'Check the network and the endpoint.'
      : 'Check the region, the base credentials, and the source of the token or the MFA code.';
    return new StsError(
      sent ? (error.code ?? error.name) : 'RequestNotMade',
      `${what} failed: ${message}`,
      { kind: isFinal ? 'terminal' : 'recoverable', hint: error.hint ?? hint },
      !command && { cause: thrown },
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
