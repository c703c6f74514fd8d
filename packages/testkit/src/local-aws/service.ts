/** What the HTTP server asks of its services. */
import type { Answer } from './http/answer.js';
import type { LocalRequest } from './http/local-request.js';
import type { ServiceError } from './service-error.js';

/** The services that the server has. */
export type ServiceName = 'sts' | 's3' | 'credential-provider';

/** Who a request says it is from. Nothing is verified. */
export interface Caller {
  readonly accessKeyId?: string;
  readonly certificateId?: string;
}

/** What a service is told beside the request. */
export interface CallContext {
  readonly requestId: string;
  /** Credentials that this call issues have expired already. */
  readonly issueExpired: boolean;
}

export interface Service {
  readonly name: ServiceName;
  /** Of what it answers. */
  readonly contentType: string;
  /** AWS's name of what the request asks for, such as `AssumeRole` or `GetObject`; `Unknown` when it is nothing known. */
  actionOf(request: LocalRequest): string;
  /** Who asks, for the log and for faults. */
  callerOf(request: LocalRequest): Caller;
  /** Does it. Rejects with a {@link ServiceError} when the service refuses. */
  handle(request: LocalRequest, context: CallContext): Promise<Answer>;
  /** A refusal in the service's own form. */
  errorAnswer(error: ServiceError, request: LocalRequest, requestId: string): Answer;
  /** What the service says to somebody who asks too much. */
  throttled(): ServiceError;
}
