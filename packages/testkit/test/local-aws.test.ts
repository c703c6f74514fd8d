/** The loopback AWS as a whole: its options, its log, its end. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { ListBucketsCommand } from '@aws-sdk/client-s3';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { describe, expect, it } from 'vitest';
import { type LocalAwsOptions, type LoggedRequest, startLocalAws } from '../src/index.js';
import { assume, readerArn, refusal, s3Of, stsOf } from './support/clients.js';

const whoAmI = new GetCallerIdentityCommand({});

describe('options', () => {
  it('all have defaults', async () => {
    await using aws = await startLocalAws();
    expect(aws).toMatchObject({
      endpoint: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      region: 'us-east-1',
      accountId: '123456789012',
      baseCredentials: {
        accessKeyId: expect.stringMatching(/^AKIA/),
        secretAccessKey: expect.stringMatching(/^.{40}$/),
      },
      clockOffsetMs: 0,
      credentialLifetimeMs: undefined,
    });
  });

  it('can be changed while it runs, where a test needs that', async () => {
    await using aws = await startLocalAws({ credentialLifetimeMs: 60_000 });
    const lifetimes: number[] = [];
    for (const lifetime of [60_000, 2_000, undefined]) {
      aws.credentialLifetimeMs = lifetime;
      const { expiration } = await assume(aws);
      lifetimes.push(Math.round((expiration.getTime() - Number(aws.requests.at(-1)?.at)) / 60_000));
    }
    expect(lifetimes).toEqual([1, 0, 60]);
    expect(() => (aws.credentialLifetimeMs = 0)).toThrow('credentialLifetimeMs must be a whole number from 1');
    expect(() => (aws.clockOffsetMs = Number.NaN)).toThrow('clockOffsetMs must be a whole number');
  });

  it.each<[unknown, string]>([
    [{ regoin: 'x' }, 'regoin is not an option. Known: region, accountId'],
    [{ accountId: 123456789012 }, 'accountId must be twelve digits; received a value of type number.'],
    [{ port: 65_536 }, 'port must be a whole number from 0 to 65535; received a value of type number.'],
    [{ credentialLifetimeMs: '8000' }, 'credentialLifetimeMs must be a whole number from 1'],
    [{ roles: [readerArn] }, 'roles must be an array of objects; received an array.'],
    [{ roles: [{}] }, 'roles[0].arn is required.'],
    [{ roles: [{ arn: 'reader' }] }, "roles[0].arn must be a role's ARN"],
    [
      { roles: [{ arn: readerArn, trust: '*' }] },
      'roles[0].trust must be an array of strings; received a value of type string.',
    ],
    [
      { roles: [{ arn: readerArn, minDurationSeconds: 900, maxDurationSeconds: 60 }] },
      'roles[0].minDurationSeconds must be at most maxDurationSeconds.',
    ],
    [{ mfaDevices: [{ serialNumber: 'GAHT12345678' }] }, 'mfaDevices[0] must have either totpSecret or codes.'],
    [{ mfaDevices: [{ serialNumber: 'GAHT12345678', totpSecret: '!' }] }, 'mfaDevices[0].totpSecret must be base32'],
    [null, 'options must be an object; received null.'],
  ])('%j is refused', async (options, message) => {
    await expect(startLocalAws(options as LocalAwsOptions)).rejects.toThrow(message);
  });

  it('are checked where they are given later, too', async () => {
    await using aws = await startLocalAws();
    expect(() => aws.addUser({ name: 'a b' })).toThrow('user.name must be 1 to 64 of');
    expect(() => aws.putRole({ arn: 'reader' })).toThrow("role.arn must be a role's ARN");
    expect(() => aws.addMfaDevice({ serialNumber: 'short', codes: [] })).toThrow(
      'device.serialNumber must be 9 to 256 of',
    );
    expect(() => aws.issueWebIdentityToken({ subject: 'a b' })).toThrow('claims.subject must be 2 to 64 of');
    expect(() => aws.issueSamlAssertion({ expiresInSeconds: 0 })).toThrow(
      'claims.expiresInSeconds must be a whole number',
    );
  });

  it('a port that is taken is an error', async () => {
    await using aws = await startLocalAws();
    const port = Number(new URL(aws.endpoint).port);
    await expect(startLocalAws({ port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  it('the environment names it, and nothing else of AWS', async () => {
    await using aws = await startLocalAws({ region: 'eu-west-1' });
    const env = aws.env({ PATH: '/bin', AWS_PROFILE: 'work', AWS_SESSION_TOKEN: 'old', EMPTY: undefined });
    expect(env).toEqual({
      PATH: '/bin',
      AWS_ENDPOINT_URL: aws.endpoint,
      AWS_REGION: 'eu-west-1',
      AWS_DEFAULT_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: aws.baseCredentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: aws.baseCredentials.secretAccessKey,
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_CONFIG_FILE: expect.any(String),
      AWS_SHARED_CREDENTIALS_FILE: expect.any(String),
    });
  });
});

describe('the log', () => {
  it('has every request, frozen, without a secret', async () => {
    await using aws = await startLocalAws();
    const reader = await assume(aws);
    await s3Of(aws, reader).send(new ListBucketsCommand({}));
    const answer = await s3Of(aws, { ...reader, secretAccessKey: 'wrong-secret' })
      .send(new ListBucketsCommand({}))
      .catch((error: unknown) => error as { $metadata: { requestId: string } });
    expect(aws.requests).toEqual([
      {
        id: expect.any(String),
        at: expect.any(Date),
        service: 'sts',
        action: 'AssumeRole',
        accessKeyId: aws.baseCredentials.accessKeyId,
        state: 'answered',
        status: 200,
        durationMs: expect.any(Number),
      },
      expect.objectContaining({ service: 's3', action: 'ListBuckets', accessKeyId: reader.accessKeyId, status: 200 }),
      expect.objectContaining({ id: answer.$metadata.requestId, code: 'SignatureDoesNotMatch', status: 403 }),
    ]);
    expect(aws.requests.every((request) => Object.isFrozen(request))).toBe(true);
    const printed = JSON.stringify(aws.requests);
    for (const secret of [
      aws.baseCredentials.secretAccessKey,
      reader.secretAccessKey,
      reader.sessionToken,
      'wrong-secret',
    ]) {
      expect(printed).not.toContain(secret);
    }
  });

  it('counts what fits', async () => {
    await using aws = await startLocalAws();
    const reader = await assume(aws);
    await stsOf(aws, reader).send(whoAmI);
    await refusal(stsOf(aws, { ...reader, sessionToken: 'x' }).send(whoAmI));
    expect(aws.count()).toBe(3);
    expect(aws.count({ service: 'sts', action: 'GetCallerIdentity' })).toBe(2);
    expect(aws.count({ status: 200, accessKeyId: reader.accessKeyId })).toBe(1);
    expect(aws.count({ code: 'InvalidClientTokenId' })).toBe(1);
    expect(aws.count({ service: 's3' })).toBe(0);
    aws.clearRequests();
    expect(aws.count()).toBe(0);
  });

  it('tells its listeners until they have heard enough', async () => {
    await using aws = await startLocalAws();
    const heard: [string, LoggedRequest['state'], number | undefined][] = [];
    const stops = (['request', 'answer'] as const).map((event) =>
      aws.on(event, ({ state, status }) => heard.push([event, state, status])),
    );
    await stsOf(aws).send(whoAmI);
    for (const stop of stops) stop();
    await stsOf(aws).send(whoAmI);
    expect(heard).toEqual([
      ['request', 'open', undefined],
      ['answer', 'answered', 200],
    ]);
  });

  it('can be awaited', async () => {
    await using aws = await startLocalAws();
    const two = aws.untilCount({ action: 'GetCallerIdentity', state: 'answered' }, 2);
    await stsOf(aws).send(whoAmI);
    await stsOf(aws).send(whoAmI);
    await two;
    await aws.untilCount({ status: 200 }, 2);
    const abort = new AbortController();
    const three = aws.untilCount({}, 3, { signal: abort.signal });
    abort.abort(new Error('enough'));
    await expect(three).rejects.toThrow('enough');
    await expect(aws.untilCount({}, 3, { signal: abort.signal })).rejects.toThrow('enough');
  });
});

describe('the end', () => {
  it('comes to requests that hang or are held back, and to idle connections', async () => {
    const aws = await startLocalAws();
    await stsOf(aws).send(whoAmI);
    aws.inject({ service: 'sts', kind: 'hang' });
    aws.inject({ service: 's3', kind: 'latency', ms: 3_600_000 });
    const calls = [stsOf(aws).send(whoAmI), s3Of(aws).send(new ListBucketsCommand({}))];
    const outcomes = Promise.allSettled(calls);
    await aws.untilCount({ state: 'open' }, 2);
    await Promise.all([aws.close(), aws.close()]);
    expect((await outcomes).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await expect(fetch(aws.endpoint)).rejects.toThrow('fetch failed');
    expect(aws.count({ state: 'broken off' })).toBe(2);
  });

  it('comes to any number of requests that are held back, without a warning of Node', async () => {
    const warnings: Error[] = [];
    const note = (warning: Error): void => void warnings.push(warning);
    process.on('warning', note);
    const aws = await startLocalAws();
    aws.inject({ kind: 'latency', ms: 3_600_000 });
    const outcomes = Promise.allSettled(Array.from({ length: 20 }, () => fetch(aws.endpoint, { method: 'POST' })));
    await aws.untilCount({ state: 'open' }, 20);
    await aws.close();
    expect(new Set((await outcomes).map(({ status }) => status))).toEqual(new Set(['rejected']));
    process.off('warning', note);
    expect(warnings).toEqual([]);
  });

  it('lets the process go', async () => {
    const program = `
      import { startLocalAws } from ${JSON.stringify(new URL('../dist/index.js', import.meta.url).href)};
      const aws = await startLocalAws();
      aws.inject({ kind: 'latency', ms: 3_600_000, action: 'Unknown' });
      const answer = fetch(aws.endpoint, { method: 'POST' }).catch(() => 'ended');
      await aws.untilCount({}, 1);
      await aws.close();
      console.log(await answer);
    `;
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program]);
    expect(stdout.trim()).toBe('ended');
  });
});
