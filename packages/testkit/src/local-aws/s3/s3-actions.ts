/** The calls of S3: which request is which, what it needs and does. */
import type { Answer } from '../http/answer.js';
import { type LocalRequest, queryValue } from '../http/local-request.js';
import { createBucket, deleteBucket, headBucket, listBuckets } from './bucket-actions.js';
import { copyObject } from './copy-object.js';
import { deleteObjects } from './delete-objects.js';
import { listObjects, listObjectsV2 } from './list-objects.js';
import {
  abortMultipartUpload,
  completeMultipartUpload,
  createMultipartUpload,
  uploadPart,
  uploadPartCopy,
} from './multipart-upload.js';
import { deleteObject, getObject, getObjectTagging, headObject, putObject } from './object-actions.js';
import { type S3Call, splitPath } from './s3-call.js';

export interface S3Action {
  readonly run: (call: S3Call) => Answer | Promise<Answer>;
  /** The permission that it needs, where IAM calls it something else. */
  readonly permission?: string;
  /** Those of the {@link decisiveHeaders} that it knows. */
  readonly knows?: readonly string[];
}

const conditions = ['if-match', 'if-none-match'];
/** The checksum that the server is to compute; that of bytes which the client sends goes by another name. */
const checksumToCome = 'x-amz-checksum-algorithm';
const copyHeaders = ['x-amz-copy-source', 'x-amz-copy-source-if-match', 'x-amz-copy-source-if-none-match'];

export const s3Actions: ReadonlyMap<string, S3Action> = new Map<string, S3Action>([
  ['AbortMultipartUpload', { run: abortMultipartUpload }],
  ['CompleteMultipartUpload', { run: completeMultipartUpload, permission: 'PutObject', knows: conditions }],
  ['CopyObject', { run: copyObject, permission: 'PutObject', knows: copyHeaders }],
  ['CreateBucket', { run: createBucket }],
  ['CreateMultipartUpload', { run: createMultipartUpload, permission: 'PutObject', knows: [checksumToCome] }],
  ['DeleteBucket', { run: deleteBucket }],
  ['DeleteObject', { run: deleteObject }],
  ['DeleteObjects', { run: deleteObjects, permission: 'DeleteObject' }],
  ['GetObject', { run: getObject, knows: [...conditions, 'range'] }],
  ['GetObjectTagging', { run: getObjectTagging }],
  ['HeadBucket', { run: headBucket, permission: 'ListBucket' }],
  ['HeadObject', { run: headObject, permission: 'GetObject', knows: [...conditions, 'range'] }],
  ['ListBuckets', { run: listBuckets, permission: 'ListAllMyBuckets' }],
  ['ListObjects', { run: listObjects, permission: 'ListBucket' }],
  ['ListObjectsV2', { run: listObjectsV2, permission: 'ListBucket' }],
  ['PutObject', { run: putObject, knows: conditions }],
  ['UploadPart', { run: uploadPart, permission: 'PutObject' }],
  ['UploadPartCopy', { run: uploadPartCopy, permission: 'PutObject', knows: copyHeaders }],
]);

/** Headers that change what is asked for: better refused than ignored. */
export const decisiveHeaders: readonly string[] = [
  ...conditions,
  checksumToCome,
  'if-modified-since',
  'if-unmodified-since',
  'range',
  ...copyHeaders,
  'x-amz-copy-source-if-modified-since',
  'x-amz-copy-source-if-unmodified-since',
  'x-amz-server-side-encryption-customer-algorithm',
  'x-amz-tagging',
];

/** Query parameters that make of a request something else than the plain action. */
const subresources = new Set(
  'acl,cors,delete,encryption,lifecycle,location,logging,notification,object-lock,partNumber,policy,publicAccessBlock,replication,select,tagging,uploadId,uploads,versionId,versioning,versions,website'.split(
    ',',
  ),
);

/** By method and subresources. */
const onBucket: Readonly<Record<string, string>> = {
  'DELETE ': 'DeleteBucket',
  'GET ': 'ListObjects',
  'HEAD ': 'HeadBucket',
  'POST delete': 'DeleteObjects',
  'PUT ': 'CreateBucket',
};

const onObject: Readonly<Record<string, string>> = {
  'DELETE ': 'DeleteObject',
  'DELETE uploadId': 'AbortMultipartUpload',
  'GET ': 'GetObject',
  'GET tagging': 'GetObjectTagging',
  'HEAD ': 'HeadObject',
  'POST uploadId': 'CompleteMultipartUpload',
  'POST uploads': 'CreateMultipartUpload',
  'PUT ': 'PutObject',
  'PUT partNumber,uploadId': 'UploadPart',
};

const asCopy: Readonly<Record<string, string>> = { PutObject: 'CopyObject', UploadPart: 'UploadPartCopy' };

/** AWS's name of what a request asks for, or `Unknown`. */
export function s3ActionOf(request: LocalRequest): string {
  const { bucket, key } = splitPath(request);
  const asked = [...request.query.keys()].filter((name) => subresources.has(name)).sort();
  const call = `${request.method} ${asked.join(',')}`;
  if (bucket === '') return call === 'GET ' ? 'ListBuckets' : 'Unknown';
  if (key === '') {
    const list = call === 'GET ' && queryValue(request, 'list-type') === '2';
    return (list ? 'ListObjectsV2' : onBucket[call]) ?? 'Unknown';
  }
  const action = onObject[call] ?? 'Unknown';
  return ('x-amz-copy-source' in request.headers ? asCopy[action] : undefined) ?? action;
}
