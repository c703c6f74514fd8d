/** What a fault makes of an answer. Those that end the connection are left to the server. */
import { randomBytes } from 'node:crypto';
import type { FaultsForRequest } from '../faults.js';
import type { Service } from '../service.js';
import { ServiceError } from '../service-error.js';
import { type Answer, emptyAnswer } from './answer.js';
import type { LocalRequest } from './local-request.js';

type DecisiveFault = NonNullable<FaultsForRequest['decisive']>;

/** The answer that a fault gives without asking the service; `undefined` when the service has to be asked. */
export function answerInstead(
  fault: DecisiveFault | undefined,
  service: Service,
  request: LocalRequest,
  requestId: string,
): Answer | undefined {
  switch (fault?.kind) {
    case 'error': {
      const error = new ServiceError(fault.code, fault.status, fault.message ?? fault.code);
      return withRetryAfter(service.errorAnswer(error, request, requestId), fault.retryAfterSeconds);
    }
    case 'throttle':
      return withRetryAfter(service.errorAnswer(service.throttled(), request, requestId), fault.retryAfterSeconds);
    case 'redirect':
      return emptyAnswer(307, { location: fault.location ?? 'https://elsewhere.example.com/' });
    case 'garbage':
      return {
        status: 200,
        headers: { 'content-type': service.contentType },
        body: randomBytes(256).toString('latin1'),
      };
    case 'html':
      return { status: 200, headers: { 'content-type': 'text/html' }, body: portal };
    case 'drip':
    case 'endless':
      return emptyAnswer(200, { 'content-type': service.contentType });
    case 'empty':
      return emptyAnswer(200);
    default:
      return undefined;
  }
}

/** The first half of a body. */
export function firstHalf(body: Answer['body']): Buffer {
  const bytes = Buffer.from(body);
  return bytes.subarray(0, Math.floor(bytes.length / 2));
}

const portal =
  '<!doctype html>\n<html><head><title>Welcome</title></head><body><h1>Please sign in</h1></body></html>\n';

function withRetryAfter(answer: Answer, seconds: number | undefined): Answer {
  return seconds === undefined ? answer : { ...answer, headers: { ...answer.headers, 'retry-after': String(seconds) } };
}
