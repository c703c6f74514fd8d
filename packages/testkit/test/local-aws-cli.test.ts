/** Debian's AWS CLI against the loopback AWS, unchanged. */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LocalAws, startLocalAws } from '../src/index.js';
import { assume, type Identity, readerArn } from './support/clients.js';
import { debianProgram } from '@brs-tests/support/debian';

const program = await debianProgram('aws', 'awscli');
const run = promisify(execFile);

describe.skipIf(program === undefined)('the AWS CLI', { timeout: 120_000 }, () => {
  let aws: LocalAws;
  let directory: string;

  beforeAll(async () => {
    aws = await startLocalAws({ buckets: ['reports'] });
    directory = await mkdtemp(join(tmpdir(), 'local-aws-cli-'));
  });
  afterAll(async () => {
    await aws.close();
    await rm(directory, { recursive: true });
  });

  /** Debian 12 has a version that does not know AWS_ENDPOINT_URL yet. */
  async function cli(args: readonly string[], identity?: Identity): Promise<string> {
    const env: Record<string, string> = { ...aws.env(process.env), AWS_PAGER: '', AWS_MAX_ATTEMPTS: '1' };
    if (identity) {
      env.AWS_ACCESS_KEY_ID = identity.accessKeyId;
      env.AWS_SECRET_ACCESS_KEY = identity.secretAccessKey;
      env.AWS_SESSION_TOKEN = identity.sessionToken ?? '';
    }
    const { stdout } = await run(program!, [...args, '--endpoint-url', aws.endpoint, '--output', 'json'], { env });
    return stdout;
  }

  it('says who it is', async () => {
    expect(JSON.parse(await cli(['sts', 'get-caller-identity']))).toMatchObject({
      Account: '123456789012',
      Arn: 'arn:aws:iam::123456789012:user/developer',
    });
  });

  it('assumes a role and works as it', async () => {
    const assumed = JSON.parse(
      await cli([
        'sts',
        'assume-role',
        '--role-arn',
        readerArn,
        '--role-session-name',
        'cli',
        '--duration-seconds',
        '900',
      ]),
    );
    const identity = {
      accessKeyId: assumed.Credentials.AccessKeyId,
      secretAccessKey: assumed.Credentials.SecretAccessKey,
      sessionToken: assumed.Credentials.SessionToken,
    };
    expect(JSON.parse(await cli(['sts', 'get-caller-identity'], identity)).Arn).toBe(
      'arn:aws:sts::123456789012:assumed-role/reader/cli',
    );
    expect(await cli(['s3', 'ls'], identity)).toContain(' reports');
  });

  it('puts, lists, gets and removes objects', async () => {
    const [from, to] = [join(directory, 'from.txt'), join(directory, 'to.txt')];
    await writeFile(from, 'five years of figures');
    await cli(['s3', 'mb', 's3://archive']);
    await cli(['s3', 'cp', from, 's3://archive/2026/a file+é.txt']);
    expect(await cli(['s3', 'ls', 's3://archive/'])).toContain('PRE 2026/');
    expect(await cli(['s3', 'ls', 's3://archive/', '--recursive'])).toContain('2026/a file+é.txt');
    await cli(['s3', 'cp', 's3://archive/2026/a file+é.txt', to]);
    expect(await readFile(to, 'utf8')).toBe('five years of figures');
    await cli(['s3', 'rm', 's3://archive/2026/a file+é.txt']);
    const put = await cli(['s3api', 'put-object', '--bucket', 'archive', '--key', 'k', '--body', from]);
    expect(JSON.parse(put).ETag).toMatch(/^"[0-9a-f]{32}"$/);
    await cli(['s3api', 'delete-object', '--bucket', 'archive', '--key', 'k']);
    await cli(['s3', 'rb', 's3://archive']);
  });

  it('copies what is large in parts, there, across and back', async () => {
    const [from, to] = [join(directory, 'large'), join(directory, 'large-too')];
    const bytes = randomBytes(20 * 1024 ** 2);
    await writeFile(from, bytes);
    await cli(['s3', 'cp', from, 's3://reports/large']);
    await cli(['s3', 'cp', 's3://reports/large', 's3://reports/folder/copy']);
    await cli(['s3', 'cp', 's3://reports/folder/copy', to]);
    expect((await readFile(to)).equals(bytes)).toBe(true);
    const answered = { service: 's3', state: 'answered' } as const;
    expect(aws.count({ ...answered, action: 'UploadPart', status: 200 })).toBeGreaterThan(1);
    expect(aws.count({ ...answered, action: 'UploadPartCopy', status: 200 })).toBeGreaterThan(1);
    expect(aws.count({ ...answered, action: 'GetObject', status: 206 })).toBeGreaterThan(1);
    await cli(['s3', 'mv', 's3://reports/folder/copy', 's3://reports/folder/moved']);
    await cli(['s3', 'rm', 's3://reports/', '--recursive']);
    expect(await cli(['s3api', 'list-objects', '--bucket', 'reports'])).not.toContain('Key');
  });

  it('reports the refusals of both services', async () => {
    const identity = await assume(aws);
    aws.revoke(identity.accessKeyId, 'ExpiredToken');
    const refused = (args: string[]) =>
      cli(args, identity).catch((error: unknown) => (error as { stderr: string }).stderr);
    const s3 = await refused(['s3api', 'list-buckets']);
    expect(s3).toMatch(/\(ExpiredToken\) when calling the ListBuckets operation.*: The provided token has expired\./);
    const sts = await refused(['sts', 'get-caller-identity']);
    expect(sts).toMatch(/\(ExpiredToken\) when calling the GetCallerIdentity operation.*: The security token included/);
  });
});
