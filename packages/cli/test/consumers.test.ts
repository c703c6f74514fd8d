/**
 * Programs that nobody here wrote, with every way of being given credentials: Debian's AWS CLI, Debian's boto3 and the
 * AWS SDK for JavaScript make requests for as long as it takes until five sets have expired, with an outage of STS on the
 * way. S3 checks the expiry of every request to the millisecond. No request may fail.
 */
import { spawn } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type LocalAws, startLocalAws } from '@brs/testkit';
import { describe, it, type TestContext } from 'vitest';
import { debianFile, debianProgram } from '@brs-tests/support/debian';
import { brs, homeWith } from './support/brs.js';
import { type Serving, startServe } from './support/serve.js';

const isLinux = process.platform === 'linux';
const cli = isLinux ? await debianProgram('aws', 'awscli') : undefined;
// Debian's own Python, for which there is a package of boto3.
const boto3 = cli && (await debianFile('/usr/lib/python3/dist-packages/boto3/__init__.py', 'python3-boto3'));
const python = boto3 && '/usr/bin/python3';
const consumers = fileURLToPath(new URL('consumers', import.meta.url));
const role = ['--role-arn', 'arn:aws:iam::123456789012:role/reader', '--region', 'us-east-1'];
const expiries = 5;
/** Answers of STS in a row, in the outage: as many as the attempts of one call. */
const failures = 3;
const down = { service: 'sts', action: 'AssumeRole', kind: 'error', status: 503, code: 'ServiceUnavailable' } as const;

/** A test's own AWS and home, in which all three work. */
interface Workplace {
  readonly aws: LocalAws;
  readonly home: string;
  readonly env: NodeJS.ProcessEnv;
  /** Starts `brs serve`, which ends with the test. */
  serve(...args: string[]): Promise<Serving>;
  /** Lets all three work, and gives the requests that failed. `before` stands in front of them in the command line. */
  work(theirs: NodeJS.ProcessEnv, before?: readonly string[]): Promise<unknown[]>;
}

interface Pace {
  readonly lifetimeMs: number;
  /** Between the requests of boto3, and of the SDK. */
  readonly restSeconds: number;
}

async function workplace(
  context: TestContext,
  pace: Pace = { lifetimeMs: 12_000, restSeconds: 0.5 },
): Promise<Workplace> {
  const { onTestFinished } = context;
  // From the start: `brs serve` has its first set before anybody works with it.
  const aws = await startLocalAws({ buckets: ['reports'], credentialLifetimeMs: pace.lifetimeMs });
  onTestFinished(() => aws.close());
  const { home, env: of } = await homeWith(aws);
  const env = { ...of, AWS_MAX_ATTEMPTS: '1', AWS_PAGER: '' };
  return {
    aws,
    home,
    env,
    async serve(...args) {
      const serving = await startServe(args, env, { cwd: home });
      onTestFinished(async () => void (await serving.stop('SIGKILL')));
      return serving;
    },
    work: (theirs, before = []) => work(context, { aws, home, ...pace }, theirs, before),
  };
}

async function work(
  { expect, onTestFinished }: TestContext,
  { aws, home, lifetimeMs, restSeconds }: Pace & { readonly aws: LocalAws; readonly home: string },
  theirs: NodeJS.ProcessEnv,
  before: readonly string[],
): Promise<unknown[]> {
  const all = [
    'sh',
    join(consumers, 'all.sh'),
    consumers,
    aws.endpoint,
    python!,
    process.execPath,
    cli!,
    `${restSeconds}`,
  ];
  const [program = '', ...args] = [...before, ...all];
  const child = spawn(program, args, { env: theirs, cwd: home, detached: true, stdio: ['ignore', 'ignore', 'pipe'] });
  // With everything that it has started, which is still there only where the test has failed.
  onTestFinished(() => void (child.pid && child.exitCode === null && process.kill(-child.pid, 'SIGKILL')));
  let told = '';
  child.stderr.setEncoding('utf8').on('data', (part: string) => (told += part));
  const ended = new Promise<number | string | null>((resolve) =>
    child.once('close', (code, signal) => resolve(signal ?? code)),
  );

  const expired = () =>
    aws.requests.filter(
      ({ action, status, at }) => action === 'AssumeRole' && status === 200 && at.getTime() + lifetimeMs < Date.now(),
    ).length;
  const until = (count: number) =>
    expect.poll(expired, { timeout: 400_000, interval: 200 }).toBeGreaterThanOrEqual(count);
  await until(2);
  aws.inject({ ...down, times: failures });
  await aws.untilCount({ action: 'AssumeRole', status: 503 }, failures);
  await until(expiries);
  for (const name of ['boto', 'sdk', 'cli']) {
    const count = () => readFile(join(home, `${name}.ok`), 'utf8').then(({ length }) => length);
    await expect.poll(count, { timeout: 240_000 }).toBeGreaterThan(expiries);
  }
  await writeFile(join(home, 'stop'), '');
  expect({ ended: await ended, told: told.replaceAll(/^brs: .*\n/gm, '') }).toEqual({ ended: 0, told: '' });
  const requests = aws.requests.filter(({ service }) => service === 's3');
  expect(new Set(requests.map(({ accessKeyId }) => accessKeyId)).size).toBeGreaterThan(expiries);
  return requests.filter(({ status }) => status !== 200);
}

/** Without what would win over an endpoint. */
function without(given: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(given).filter(
      ([name]) => !/^AWS_(ACCESS_KEY_ID|SECRET_ACCESS_KEY|SESSION_TOKEN|EC2_METADATA_DISABLED)$/.test(name),
    ),
  );
}

describe.skipIf(!cli || !python)('the AWS CLI, boto3 and the SDK for JavaScript', { timeout: 900_000 }, () => {
  it.concurrent('work by brs exec', async (context) => {
    const { expect } = context;
    const { env, work } = await workplace(context);
    expect(await work(env, [process.execPath, brs, 'exec', ...role, '--'])).toEqual([]);
  });

  it.concurrent('work by brs serve, with the container endpoint', async (context) => {
    const { expect } = context;
    const { env, work, serve } = await workplace(context);
    const { url, token } = await (await serve(...role)).of();
    const theirs = { AWS_CONTAINER_CREDENTIALS_FULL_URI: url, AWS_CONTAINER_AUTHORIZATION_TOKEN: token };
    expect(await work({ ...without(env), ...theirs })).toEqual([]);
  });

  it.concurrent('work by brs serve, with instance metadata', async (context) => {
    const { expect } = context;
    const { env, work, serve } = await workplace(context);
    const { imds } = await serve(...role, '--imds');
    expect(await work({ ...without(env), ...imds })).toEqual([]);
  });

  it.concurrent('work by brs credential-process', async (context) => {
    const { expect } = context;
    // Every request of theirs starts a process, which takes seconds on a busy machine. The one that meets the outage must be
    // over before a set that is a quarter of its life old has expired.
    const { home, env, work } = await workplace(context, { lifetimeMs: 45_000, restSeconds: 4 });
    const keys = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'].map((name) => `${name.toLowerCase()} = ${env[name]}`);
    await mkdir(join(home, '.aws'));
    await writeFile(join(home, '.aws/credentials'), `[keys]\n${keys.join('\n')}\n`);
    await writeFile(
      join(home, '.aws/config'),
      `[profile prod]
credential_process = ${process.execPath} ${brs} credential-process --profile prod
[brs prod]
region = us-east-1
profile = keys
assumeRole.RoleArn = arn:aws:iam::123456789012:role/reader
`,
    );
    expect(await work({ ...without(env), AWS_PROFILE: 'prod' })).toEqual([]);
  });
});
