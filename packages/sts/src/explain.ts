/** Turns whatever the SDK throws into an error that may be shown: named, classified, and without a raw answer in it. */
import { isSessionError } from '@brs/core';
import { classifyRefusal, plainCode, type Refusal } from './classify.js';
import type { Trace } from './connection.js';
import { StsError } from './errors.js';

/** What was asked for when it failed. */
export interface Asked {
  /** For people, such as `AssumeRole of arn:…`. */
  readonly what: string;
  readonly input: Record<string, unknown>;
  readonly trace: Trace;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

interface Thrown extends Error {
  readonly code?: unknown;
  readonly hint?: string;
  readonly $fault?: unknown;
}

/** Says why a request failed. */
export function explain(thrown: unknown, asked: Asked): StsError {
  if (thrown instanceof StsError) return thrown;
  const error: Thrown = thrown instanceof Error ? thrown : new Error(`threw ${thrown === null ? 'null' : typeof thrown}`);
  const { sent, response } = asked.trace;
  if (!sent) return notMade(error, asked);
  if (!response) {
    const code = typeof error.code === 'string' ? error.code : error.name;
    const message = `${asked.what} failed: STS could not be reached (${redact(error.message, asked)}).`;
    return new StsError(message, { code, failure: { kind: 'recoverable', hint: 'Check the network, the region and the endpoint.' }, cause: error });
  }
  // The SDK names what has no code of AWS's in it like this.
  if (!error.$fault || error.name === 'Unknown' || error.name === 'NotFound') return unreadable(asked);
  const message = redact(error.message, asked);
  const status = response.statusCode;
  const code = plainCode(error.name);
  return new StsError(`${asked.what} failed: ${code} (HTTP ${status}): ${message}`, {
    code,
    failure: classifyRefusal({ code, message, status, retryAfterMs: retryAfter(asked), input: asked.input as NonNullable<Refusal['input']> }),
    status,
    requestId: response.headers['x-amzn-requestid'],
  });
}

/** The answer was none of STS: a page of a proxy, a redirect, half an answer. What it held is not repeated. */
export function unreadable(asked: Asked): StsError {
  const { statusCode: status = 0, headers = {} } = asked.trace.response ?? {};
  const type = /^[\w.+-]+\/[\w.+-]+/.exec(headers['content-type'] ?? '')?.[0] ?? 'of no type';
  const redirected = status >= 300 && status < 400 ? ' A redirect is not followed.' : '';
  return new StsError(`${asked.what} failed: the answer (HTTP ${status}, ${type}) is not one of STS.${redirected}`, {
    code: 'UnreadableAnswer',
    failure: {
      kind: 'recoverable',
      retryAfterMs: retryAfter(asked),
      hint: 'Something answers in the place of STS, or broke the answer off: check proxies and the endpoint.',
    },
    status,
    requestId: headers['x-amzn-requestid'],
  });
}

function notMade(error: Thrown, { what }: Asked): StsError {
  // The base credentials are another session's, or the hop before in a chain, and it has said what is the matter.
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) if (cause instanceof StsError) return cause;
  const isFinal = isSessionError(error) && ['CREDENTIALS_DENIED', 'SESSION_CLOSED'].includes(error.code);
  const hasNoRegion = /^Region is missing/.test(error.message);
  const hint = hasNoRegion ? 'Give the session a `region`, or set AWS_REGION.' : (error.hint ?? 'Check the base credentials: `credentials`, the profile, the environment.');
  return new StsError(`${what} failed before a request was made: ${error.message}`, {
    code: 'RequestNotMade',
    failure: { kind: isFinal || hasNoRegion ? 'terminal' : 'recoverable', hint },
    cause: error,
  });
}

/** The first line, without anything that was sent: STS repeats values that it finds invalid, and whole signed requests. */
function redact(message: string, { input, trace }: Asked): string {
  const { secretAccessKey, sessionToken } = trace.identity ?? {};
  let shown = message.split('\n')[0] ?? '';
  for (const secret of [secretAccessKey, sessionToken, input.TokenCode, input.WebIdentityToken, input.SAMLAssertion]) {
    if (typeof secret === 'string' && secret) shown = shown.replaceAll(secret, '***');
  }
  return shown.slice(0, 1000);
}

function retryAfter({ trace, now }: Asked): number | undefined {
  const { 'retry-after': value, date } = trace.response?.headers ?? {};
  if (!value) return;
  const ms = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - (Date.parse(date ?? '') || now);
  return ms > 0 ? ms : undefined;
}
