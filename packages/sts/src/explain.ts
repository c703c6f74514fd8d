/** Turns whatever the SDK throws into an error that may be shown: named, classified, and without a raw answer in it. */
import { type FailureClass, isSessionError } from '@brs/core';
import { classifyRefusal } from './classify.js';
import type { Trace } from './connection.js';
import { StsError } from './errors.js';

/** What was asked for when it failed. */
export interface Asked {
  /** For people, such as `AssumeRole of arn:…`. */
  readonly what: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly trace: Trace;
}

/** Says why a request failed. */
export function explain(thrown: unknown, { what, input, trace }: Asked): StsError {
  // The error may also be another session's whose credentials are the base, or the hop's before in a chain.
  for (let cause = thrown; cause; cause = (cause as Error).cause) if (cause instanceof StsError) return cause;
  const error = Object(thrown) as Error & { code?: string; hint?: string; $fault?: unknown };
  const { response, identity } = trace;
  // STS repeats values that it finds invalid, and below its first line whole signed requests.
  let message = String(error.message).split('\n', 1)[0] as string;
  for (const secret of [identity?.secretAccessKey, identity?.sessionToken, input.TokenCode, input.WebIdentityToken, input.SAMLAssertion]) {
    if (secret) message = message.replaceAll(String(secret), '***');
  }
  const fail = (code: string, text: string, failure: FailureClass, details?: ConstructorParameters<typeof StsError>[3]): StsError =>
    new StsError(code, `${what} failed: ${text}`, failure, details);

  if (!trace.sent) {
    const isFinal = /^Region is missing/.test(message) || (isSessionError(error) && /DENIED|CLOSED/.test(error.code));
    const hint = error.hint ?? 'Check the region, the base credentials, and the source of the token or of the MFA code.';
    return fail('RequestNotMade', message, { kind: isFinal ? 'terminal' : 'recoverable', hint }, { cause: thrown });
  }
  if (!response) return fail(error.code ?? error.name, message, { kind: 'recoverable', hint: 'STS could not be reached.' }, { cause: thrown });

  const { statusCode: status, headers } = response;
  const details = { status, requestId: headers['x-amzn-requestid'] };
  const retryAfterMs = Number(headers['retry-after']) * 1000 || undefined;
  // The SDK calls an answer that has no code of AWS's `Unknown` or `NotFound`.
  if (!error.$fault || /^(Unknown|NotFound)$/.test(error.name)) {
    const hint = 'Something answers in the place of STS: check proxies and the endpoint. Redirects are not followed.';
    return fail('UnreadableAnswer', `HTTP ${status}, and not an answer of STS.`, { kind: 'recoverable', retryAfterMs, hint }, details);
  }
  const code = error.name.replace(/Exception$/, '');
  return fail(code, `${code}: ${message}`, { retryAfterMs, ...classifyRefusal(code, message, status, input) } as FailureClass, details);
}
