/** ListBuckets, CreateBucket, HeadBucket, DeleteBucket. */
import { createHash } from 'node:crypto';
import { type Answer, emptyAnswer, xmlAnswer } from '../http/answer.js';
import { ServiceError } from '../service-error.js';
import { toXml } from '../xml.js';
import type { S3Call } from './s3-call.js';

export const xmlns = 'http://s3.amazonaws.com/doc/2006-03-01/';

const validName = /^(?=.{3,63}$)[a-z0-9][a-z0-9.-]*[a-z0-9]$/;

export function listBuckets({ buckets, caller }: S3Call): Answer {
  const body = toXml({
    ListAllMyBucketsResult: {
      '@xmlns': xmlns,
      Owner: { ID: createHash('sha256').update(caller.accountId).digest('hex') },
      Buckets: {
        Bucket: buckets.all().map(({ name, createdAt }) => ({ Name: name, CreationDate: createdAt.toISOString() })),
      },
    },
  });
  return xmlAnswer(200, body, { 'content-type': 'application/xml' });
}

export function createBucket({ buckets, bucket, clock, region }: S3Call): Answer {
  if (!validName.test(bucket)) {
    throw new ServiceError('InvalidBucketName', 400, 'The specified bucket is not valid.', { BucketName: bucket });
  }
  if (!buckets.has(bucket)) buckets.create(bucket, new Date(clock.now()));
  else if (region !== 'us-east-1') {
    const message = 'Your previous request to create the named bucket succeeded and you already own it.';
    throw new ServiceError('BucketAlreadyOwnedByYou', 409, message, { BucketName: bucket });
  }
  return emptyAnswer(200, { location: `/${bucket}` });
}

export function headBucket({ buckets, bucket, region }: S3Call): Answer {
  buckets.get(bucket);
  return emptyAnswer(200, { 'x-amz-bucket-region': region });
}

export function deleteBucket({ buckets, bucket }: S3Call): Answer {
  if (buckets.get(bucket).objects.size > 0) {
    const message = 'The bucket you tried to delete is not empty';
    throw new ServiceError('BucketNotEmpty', 409, message, { BucketName: bucket });
  }
  buckets.delete(bucket);
  return emptyAnswer(204);
}
