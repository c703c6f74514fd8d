// Lists buckets with the AWS SDK for JavaScript until there is a file `stop`, and counts. Every request is made once.
import { appendFileSync, existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';

const s3 = new S3Client({ endpoint: process.argv[2], region: 'us-east-1', maxAttempts: 1 });
while (!existsSync('stop')) {
  try {
    await s3.send(new ListBucketsCommand({}));
    appendFileSync('sdk.ok', '.');
  } catch (error) {
    console.error('SDK:', error);
    appendFileSync('sdk.failed', '.');
  }
  await sleep(Number(process.argv[3]) * 1000);
}
