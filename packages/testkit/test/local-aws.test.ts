import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { expect, it } from 'vitest';
import { startLocalAws } from '../src/index.js';

it('serves SDK clients as the base user', async () => {
  await using aws = await startLocalAws({ buckets: ['reports'] });
  const config = { endpoint: aws.endpoint, region: aws.region, credentials: aws.baseCredentials };
  const { Arn } = await new STSClient(config).send(new GetCallerIdentityCommand({}));
  expect(Arn).toBe('arn:aws:iam::123456789012:user/developer');
  const s3 = new S3Client(config);
  await s3.send(new PutObjectCommand({ Bucket: 'reports', Key: 'a b/../c+é.txt', Body: 'hello' }));
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: 'reports', Key: 'a b/../c+é.txt' }));
  expect(await Body?.transformToString()).toBe('hello');
});
