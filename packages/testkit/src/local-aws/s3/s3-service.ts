/** The small S3, path style: finds the action, lets its caller in, answers. */
import { AuthFailure } from '../auth/auth-failure.js';
import { authenticate } from '../auth/authenticate.js';
import { claimedCaller } from '../auth/claims.js';
import type { CredentialStore } from '../credential-store.js';
import { type Answer, xmlAnswer } from '../http/answer.js';
import type { LocalRequest } from '../http/local-request.js';
import type { ServerClock } from '../server-clock.js';
import type { CallContext, Caller, Service } from '../service.js';
import { ServiceError } from '../service-error.js';
import { toXml } from '../xml.js';
import type { Buckets } from './buckets.js';
import { decisiveHeaders, s3ActionOf, s3Actions } from './s3-actions.js';
import { targetOf } from './s3-call.js';
import { accessDenied, fromAuthFailure, notImplemented } from './s3-error.js';

export class S3Service implements Service {
  readonly name = 's3';
  readonly contentType = 'application/xml';
  readonly callerOf: (request: LocalRequest) => Caller = claimedCaller;

  constructor(
    private readonly state: { readonly clock: ServerClock; readonly store: CredentialStore; readonly buckets: Buckets },
  ) {}

  actionOf(request: LocalRequest): string {
    return s3ActionOf(request);
  }

  async handle(request: LocalRequest, { requestId }: CallContext): Promise<Answer> {
    const { clock, store, buckets } = this.state;
    const { credentials, region } = await authenticate(request, 's3', store, clock).catch((error: unknown) => {
      throw error instanceof AuthFailure ? fromAuthFailure(error, clock.now()) : error;
    });
    const name = this.actionOf(request);
    const action = s3Actions.get(name);
    const unknown = decisiveHeaders.some((header) => header in request.headers && !action?.knows?.includes(header));
    if (!action || unknown) throw notImplemented();
    const { principal } = credentials;
    if (principal.allow?.includes(`s3:${action.permission ?? name}`) === false) throw accessDenied();
    const answer = await action.run({ ...targetOf(request), request, buckets, clock, caller: principal, region });
    return { ...answer, headers: { ...answer.headers, 'x-amz-request-id': requestId } };
  }

  errorAnswer(error: ServiceError, request: LocalRequest, requestId: string): Answer {
    const body = toXml({
      Error: {
        Code: error.code,
        Message: error.message,
        ...error.details,
        Resource: request.rawPath,
        RequestId: requestId,
      },
    });
    const headers = { 'content-type': 'application/xml', 'x-amz-request-id': requestId };
    return { ...xmlAnswer(error.status, request.method === 'HEAD' ? '' : body, headers), code: error.code };
  }

  throttled(): ServiceError {
    return new ServiceError('SlowDown', 503, 'Please reduce your request rate.');
  }
}
