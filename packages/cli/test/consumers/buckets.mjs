/** A program that knows nothing of brs: it lists buckets with whatever credentials the SDK for JavaScript finds. */
import { ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';

const { Buckets = [] } = await new S3Client({ maxAttempts: 1 }).send(new ListBucketsCommand({}));
console.log(Buckets.map(({ Name }) => Name).join());
