/** What the HTTP server asks of STS and of S3. */
import type { Answer } from './http/answer.js';
import type { LocalRequest } from './http/local-request.js';
import type { ServiceError } from './service-error.js';

/** The services that the server has. */
export type ServiceName = 'sts' | 's3';

/** What a service is told beside the request. */
export interface CallContext {
  readonly requestId: string;
  /** Credentials that this call issues have expired already. */
  readonly issueExpired: boolean;
}

export interface Service {
  readonly name: ServiceName;
  /** AWS's name of what the request asks for, such as `AssumeRole` or `GetObject`; `Unknown` when it is nothing known. */
  actionOf(request: LocalRequest): string;
  /** Does it. Rejects with a {@link ServiceError} when the service refuses. */
  handle(request: LocalRequest, context: CallContext): Promise<Answer>;
  /** A refusal in the service's own form. */
  errorAnswer(error: ServiceError, request: LocalRequest, requestId: string): Answer;
  /** What the service says to somebody who asks too much. */
  throttled(): ServiceError;
}
