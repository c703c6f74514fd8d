/** SDK clients for the tests of the loopback AWS. They try once: a refusal is what is tested. */
import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import {
  AssumeRoleCommand,
  type AssumeRoleCommandInput,
  type Credentials,
  STSClient,
  type STSClientConfig,
} from '@aws-sdk/client-sts';
import type { LocalAws } from '../../src/index.js';

/** Credentials in the SDK's shape. */
export interface Identity {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
  expiration?: Date;
}

export const readerArn = 'arn:aws:iam::123456789012:role/reader';

export function configOf(
  aws: LocalAws,
  credentials: Identity = aws.baseCredentials,
): Pick<S3ClientConfig & STSClientConfig, 'endpoint' | 'region' | 'credentials' | 'maxAttempts'> {
  return { endpoint: aws.endpoint, region: aws.region, credentials, maxAttempts: 1 };
}

export const stsOf = (aws: LocalAws, credentials?: Identity): STSClient => new STSClient(configOf(aws, credentials));
export const s3Of = (aws: LocalAws, credentials?: Identity): S3Client => new S3Client(configOf(aws, credentials));

/** What STS answered, in the shape that clients take. */
export function identityOf(credentials: Credentials | undefined): Required<Identity> {
  return {
    accessKeyId: credentials!.AccessKeyId!,
    secretAccessKey: credentials!.SecretAccessKey!,
    sessionToken: credentials!.SessionToken!,
    expiration: credentials!.Expiration!,
  };
}

/** Assumes a role, by default the reader's as the base user. */
export async function assume(
  aws: LocalAws,
  input: Partial<AssumeRoleCommandInput> = {},
  credentials?: Identity,
): Promise<Required<Identity>> {
  const command = new AssumeRoleCommand({ RoleArn: readerArn, RoleSessionName: 'tester', ...input });
  const answer = await stsOf(aws, credentials).send(command);
  return identityOf(answer.Credentials);
}

/** The code, status and message that a call was refused with; fails when it was not. */
export async function refusal(
  call: Promise<unknown>,
): Promise<{ code: string; status: number | undefined; message: string }> {
  try {
    await call;
  } catch (error) {
    const { name, message, $metadata, Code } = error as Error & {
      $metadata?: { httpStatusCode?: number };
      Code?: string;
    };
    return { code: Code ?? name, status: $metadata?.httpStatusCode, message };
  }
  throw new Error('The call was not refused.');
}
