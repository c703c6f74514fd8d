/** The small S3, path style: finds the action, lets its caller in, answers. */
import { AuthFailure } from '../auth/auth-failure.js';
import { authenticate } from '../auth/authenticate.js';
import { claimedCaller } from '../auth/claims.js';
import type { CredentialStore } from '../credential-store.js';
import { type Answer, xmlAnswer } from '../http/answer.js';
import { type LocalRequest, queryValue } from '../http/local-request.js';
import type { ServerClock } from '../server-clock.js';
import type { CallContext, Caller, Service } from '../service.js';
import { ServiceError } from '../service-error.js';
import { toXml } from '../xml.js';
import { createBucket, deleteBucket, headBucket, listBuckets } from './bucket-actions.js';
import type { Buckets } from './buckets.js';
import { listObjectsV2 } from './list-objects.js';
import { deleteObject, getObject, headObject, putObject } from './object-actions.js';
import { type S3Call, splitPath, targetOf } from './s3-call.js';
import { accessDenied, fromAuthFailure, notImplemented } from './s3-error.js';

interface S3Action {
  readonly run: (call: S3Call) => Answer | Promise<Answer>;
  /** The permission that it needs, where IAM calls it something else. */
  readonly permission?: string;
}

const actions = new Map<string, S3Action>([
  ['CreateBucket', { run: createBucket }],
  ['DeleteBucket', { run: deleteBucket }],
  ['DeleteObject', { run: deleteObject }],
  ['GetObject', { run: getObject }],
  ['HeadBucket', { run: headBucket, permission: 'ListBucket' }],
  ['HeadObject', { run: headObject, permission: 'GetObject' }],
  ['ListBuckets', { run: listBuckets, permission: 'ListAllMyBuckets' }],
  ['ListObjectsV2', { run: listObjectsV2, permission: 'ListBucket' }],
  ['PutObject', { run: putObject }],
]);

export class S3Service implements Service {
  readonly name = 's3';
  readonly contentType = 'application/xml';
  readonly callerOf: (request: LocalRequest) => Caller = claimedCaller;

  constructor(
    private readonly state: { readonly clock: ServerClock; readonly store: CredentialStore; readonly buckets: Buckets },
  ) {}

  actionOf(request: LocalRequest): string {
    const { bucket, key } = splitPath(request);
    const { method, query } = request;
    if ([...query.keys()].some((name) => subresources.has(name))) return 'Unknown';
    if (bucket === '') return method === 'GET' ? 'ListBuckets' : 'Unknown';
    if (key === '') {
      if (method === 'GET') return queryValue(request, 'list-type') === '2' ? 'ListObjectsV2' : 'Unknown';
      return { PUT: 'CreateBucket', HEAD: 'HeadBucket', DELETE: 'DeleteBucket' }[method] ?? 'Unknown';
    }
    return { GET: 'GetObject', PUT: 'PutObject', HEAD: 'HeadObject', DELETE: 'DeleteObject' }[method] ?? 'Unknown';
  }

  async handle(request: LocalRequest, { requestId }: CallContext): Promise<Answer> {
    const { clock, store, buckets } = this.state;
    const { credentials, region } = await authenticate(request, 's3', store, clock).catch((error: unknown) => {
      throw error instanceof AuthFailure ? fromAuthFailure(error, clock.now()) : error;
    });
    const name = this.actionOf(request);
    const action = actions.get(name);
    if (!action || unknownHeaders.some((header) => header in request.headers)) throw notImplemented();
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

/** Headers that change what is asked for: better refused than ignored. */
const unknownHeaders = [
  'if-match',
  'if-modified-since',
  'if-none-match',
  'if-unmodified-since',
  'range',
  'x-amz-copy-source',
  'x-amz-server-side-encryption-customer-algorithm',
];

/** Query parameters that make of a request something else than the plain action. */
const subresources = new Set(
  'acl,cors,delete,encryption,lifecycle,location,logging,notification,object-lock,partNumber,policy,publicAccessBlock,replication,select,tagging,uploadId,uploads,versioning,versions,website'.split(
    ',',
  ),
);
