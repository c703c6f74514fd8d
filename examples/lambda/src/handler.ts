/**
 * A Lambda function that lists the objects of a bucket in another account, with the credentials of a role there.
 *
 * Lambda freezes the process between invocations, for seconds or for an hour: no timer runs, and no socket is read. The session
 * judges expiry by the wall clock at each request, so that the first request after a freeze waits for fresh credentials where
 * the old ones have expired meanwhile, and has nothing to wait for where they have not.
 */
import { ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { RefreshableSession } from '@brs/core';
import '@brs/sts';

/** What the function is invoked with. */
export interface ListRequest {
  readonly bucket: string;
}

/** What it answers. */
export interface ListAnswer {
  readonly keys: readonly string[];
}

const { ROLE_ARN, AWS_REGION } = process.env;
if (!ROLE_ARN) throw new Error('ROLE_ARN must be set: the role that lists the bucket');

// Outside of the handler: one session and one client serve every invocation of this execution environment.
const session = new RefreshableSession({
  method: 'sts',
  region: AWS_REGION,
  assumeRole: { RoleArn: ROLE_ARN },
  // The default, written down because it matters here: a refresh begins with a request, not with a timer, which a frozen
  // process would not run, and which would run into the middle of the next invocation instead.
  deferRefresh: true,
});
const s3 = session.client(S3Client);

/** Lists the objects of the bucket. */
export async function handler({ bucket }: ListRequest): Promise<ListAnswer> {
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: bucket }));
  return { keys: Contents.flatMap(({ Key }) => (Key === undefined ? [] : [Key])) };
}
