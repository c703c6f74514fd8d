/** Sessions over the loopback provider: real SDK clients across expiries, certificates replaced under load. */
import { execFile } from 'node:child_process';
import { rename } from 'node:fs/promises';
import { inspect, promisify } from 'node:util';
import { ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import { listMethods, RefreshableSession, type RefreshableSessionOptions, type SessionEvents } from '@brs/core';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { IotError } from '../src/index.js';
import { type Bench, directory, rejection, startBench } from './support/device.js';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

async function start(...options: Parameters<typeof startBench>): Promise<Bench> {
  const bench = await startBench(...options);
  open.push(bench);
  return bench;
}

type Own = Partial<Pick<RefreshableSessionOptions, 'deferRefresh' | 'clientDefaults' | 'refreshTimeoutMs'>>;

function sessionOf(bench: Bench, more: Parameters<Bench['options']>[0] = {}, own: Own = {}): RefreshableSession {
  const session = new RefreshableSession({
    method: 'iot-x509',
    region: bench.aws.region,
    clientDefaults: { endpoint: bench.aws.endpoint },
    ...own,
    ...bench.options(more),
  });
  open.push(session);
  return session;
}

const assertWorks = async (session: RefreshableSession): Promise<void> => {
  await session.client(S3Client, { maxAttempts: 1 }).send(new ListBucketsCommand({}));
};

it('is registered by the import', () => {
  expect(listMethods()).toContainEqual({ method: 'iot-x509', packageName: '@brs/iot-x509' });
});

it('a real S3 client works across expiries without one failed request', async () => {
  const bench = await start({ credentialLifetimeMs: 4000 });
  const session = sessionOf(bench);
  const failures: unknown[] = [];
  session.on('refreshFailed', ({ error }) => failures.push(error));
  let generations = 0;
  session.on('refreshSucceeded', () => generations++);
  while (generations < 4) await assertWorks(session);
  expect(failures).toEqual([]);
  expect(bench.aws.credentialProvider.handshakes.full).toBe(1);
  // Every request was answered, and none with an error.
  expect(bench.aws.requests.filter(({ status }) => status !== undefined && status >= 400)).toEqual([]);
});

it('goes on with what it has while the provider fails, and has new credentials when it is back', async () => {
  const bench = await start({ credentialLifetimeMs: 3000 });
  const session = sessionOf(bench);
  await session.ready();
  const outage = bench.aws.inject({ service: 'credential-provider', kind: 'html' });
  const failed = new Promise<SessionEvents['refreshFailed']>((resolve) => session.on('refreshFailed', resolve));
  let event: SessionEvents['refreshFailed'] | undefined;
  void failed.then((it) => (event = it));
  while (!event) await assertWorks(session);
  expect(event).toMatchObject({ terminal: false, error: { cause: { code: 'UNREADABLE_ANSWER', status: 200 } } });
  outage.stop();
  const renewed = new Promise((resolve) => session.on('refreshSucceeded', resolve));
  while ((await Promise.race([renewed, assertWorks(session)])) === undefined);
});

it.each([true, false])(
  'a listener is told that the server is not verified (deferRefresh: %j)',
  async (deferRefresh) => {
    const bench = await start();
    const session = sessionOf(bench, { ca: undefined, dangerouslyDisableServerVerification: true }, { deferRefresh });
    const notices: string[] = [];
    session.on('notice', ({ code }) => notices.push(code));
    await session.refresh();
    await session.refresh();
    expect(notices).toEqual(['SERVER_NOT_VERIFIED']);
  },
);

it('a refusal reaches the caller with its code and its hint', async () => {
  const bench = await start();
  const session = sessionOf(bench, { roleAlias: 'nobody' });
  const error = await rejection(session.getCredentials());
  expect(error).toMatchObject({
    code: 'CREDENTIALS_DENIED',
    hint: expect.stringContaining('create-role-alias'),
    cause: { code: 'ROLE_ALIAS_NOT_FOUND', status: 404 },
  });
  expect(error.cause).toBeInstanceOf(IotError);
});

it('takes the lifetime from the clock of the service', async () => {
  const bench = await start({ clockOffsetMs: 7_200_000, credentialLifetimeMs: 3_600_000 });
  const session = sessionOf(bench);
  await session.ready();
  expect(Math.abs(session.status().clockOffsetMs - 7_200_000)).toBeLessThan(10_000);
  await assertWorks(session);
  expect(bench.aws.count({ service: 'credential-provider' })).toBe(1);
});

describe('a certificate that is replaced on disk under load', () => {
  it.each(['rename', 'write'] as const)(
    'by %s, one file before the other: no failed refresh, and credentials of the new one',
    async (how) => {
      const bench = await start();
      const folder = await directory();
      const certificate = await folder.write('cert.pem', bench.device.certificate);
      const privateKey = await folder.write('key.pem', bench.device.privateKey);
      const session = sessionOf(bench, { certificate, privateKey });
      const failures: unknown[] = [];
      const notices: string[] = [];
      session.on('refreshFailed', ({ error }) => failures.push(error));
      session.on('notice', ({ code }) => notices.push(code));
      const refreshes = { count: 0 };
      session.on('refreshSucceeded', () => refreshes.count++);
      const workUntil = async (done: () => boolean): Promise<void> => {
        while (!done()) await Promise.all([assertWorks(session), session.refresh()]);
      };
      const replace = async (file: string, text: string): Promise<void> => {
        if (how === 'write') await folder.write(file, text);
        else await rename(await folder.write(`${file}.new`, text), file === 'cert.pem' ? certificate : privateKey);
      };

      await workUntil(() => refreshes.count >= 2);
      const next = await bench.aws.credentialProvider.createDevice({ thingName: 'lamp' });
      await replace('cert.pem', next.certificate);
      await workUntil(() => notices.includes('CERTIFICATE_NOT_REPLACED'));
      await replace('key.pem', next.privateKey);
      const { certificateId } = next;
      const isOfNew = (): boolean => bench.aws.requests.some((request) => inspect(request).includes(certificateId));
      await workUntil(isOfNew);
      const { count } = refreshes;
      await workUntil(() => refreshes.count >= count + 2);

      expect(failures).toEqual([]);
      expect(notices).toEqual(['CERTIFICATE_NOT_REPLACED']);
      // One full handshake for each certificate, and the connection of the old one is not kept.
      expect(bench.aws.credentialProvider.handshakes).toMatchObject({ full: 2, refused: 0 });
      await vi.waitFor(() => expect(bench.aws.credentialProvider.connections).toBe(1));
      await folder[Symbol.asyncDispose]();
    },
  );
});

it('a connection that is lost costs no full handshake', async () => {
  const bench = await start();
  const { credentialProvider } = bench.aws;
  const session = sessionOf(bench);
  await session.refresh();
  for (let round = 0; round < 10; round++) {
    credentialProvider.endConnections();
    await session.refresh();
  }
  expect(credentialProvider.handshakes).toEqual({ full: 1, resumed: 10, refused: 0 });
  await vi.waitFor(() => expect(credentialProvider.connections).toBe(1));
});

describe('whoami()', () => {
  it('is GetCallerIdentity', async () => {
    const bench = await start();
    vi.stubEnv('AWS_ENDPOINT_URL_STS', bench.aws.endpoint);
    const identity = await sessionOf(bench).whoami();
    expect(identity).toEqual({
      method: 'iot-x509',
      account: '123456789012',
      arn: `arn:aws:sts::123456789012:assumed-role/device/${bench.device.certificateId}`,
      userId: expect.stringContaining(bench.device.certificateId),
    });
  });

  it('ends with the reason of its signal', async () => {
    const bench = await start();
    vi.stubEnv('AWS_ENDPOINT_URL_STS', bench.aws.endpoint);
    const session = sessionOf(bench);
    await session.ready();
    using _ = bench.aws.inject({ service: 'sts', kind: 'hang' });
    const controller = new AbortController();
    const reason = new Error('enough');
    const asked = session.whoami({ signal: controller.signal });
    await bench.aws.untilCount({ service: 'sts' }, 1);
    controller.abort(reason);
    await expect(asked).rejects.toBe(reason);
  });
});

it('gives its identity to other connections of the device', async () => {
  const bench = await start();
  const { tlsIdentity } = sessionOf(bench);
  expect(tlsIdentity).toMatchObject({ kind: 'pem', expiresAt: expect.any(Date) });
});

it('holds no process', async () => {
  const bench = await start();
  expect(await runProgram(bench, `console.log((await session.getCredentials()).accessKeyId.slice(0, 4));`)).toBe(
    'ASIA\n',
  );
});

/** Runs a program with a session, which stays open, and gives what it printed when it has ended by itself. */
async function runProgram({ aws, device }: Bench, code: string): Promise<string> {
  const { host: endpoint, port, ca } = aws.credentialProvider;
  const { certificate, privateKey } = device;
  const program = `
    import { RefreshableSession } from '@brs/core';
    import '@brs/iot-x509';
    const session = new RefreshableSession({ method: 'iot-x509', deferRefresh: false, ...JSON.parse(process.env.BRS_OPTIONS) });
    ${code}`;
  const options = { endpoint, port, ca, certificate, privateKey, roleAlias: 'device' };
  const { stdout, stderr } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program], {
    cwd: import.meta.dirname,
    env: { ...process.env, BRS_OPTIONS: JSON.stringify(options) },
    timeout: 25_000,
  });
  expect(stderr).toBe('');
  return stdout;
}
