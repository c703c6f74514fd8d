/** `brs serve`: who is answered and who is not, how it fails, and how it ends. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type LocalAws, startLocalAws } from '@brs/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { debianProgram } from '@brs-tests/support/debian';
import { brs, homeWith, runBrs } from './support/brs.js';
import { type Serving, startServe } from './support/serve.js';

const run = promisify(execFile);
const curl = await debianProgram('curl', 'curl');
const role = ['--role-arn', 'arn:aws:iam::123456789012:role/reader', '--region', 'us-east-1'];
const down = { service: 'sts', kind: 'error', status: 503, code: 'ServiceUnavailable' } as const;

let aws: LocalAws;
let home: string;
let env: NodeJS.ProcessEnv;
const running: Serving[] = [];

beforeEach(async () => {
  aws = await startLocalAws();
  ({ home, env } = await homeWith(aws));
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((serving) => serving.stop('SIGKILL')));
  await aws.close();
});

async function serve(...args: string[]): Promise<Serving> {
  const serving = await startServe(args, env, { cwd: home });
  running.push(serving);
  return serving;
}

const ask = async (url: string, authorization?: string) => {
  const answer = await fetch(url, { headers: authorization ? { authorization } : {} });
  return { status: answer.status, body: (await answer.json()) as Record<string, string> };
};

const isReady = ({ endpoint }: Serving) =>
  expect.poll(async () => (await ask(`${endpoint}/ready`)).status, { timeout: 20_000 }).toBe(200);

describe('brs serve', () => {
  it('serves each profile on its own path, with its own token', async () => {
    const arnOf = (name: string) => `arn:aws:iam::123456789012:role/${name}`;
    await writeFile(
      join(home, 'brs.config.json'),
      JSON.stringify({
        profiles: {
          base: { region: 'us-east-1' },
          prod: { extends: 'base', assumeRole: { RoleArn: arnOf('prod') } },
          test: { extends: 'base', assumeRole: { RoleArn: arnOf('test') } },
        },
      }),
    );
    const serving = await serve('prod', 'test');
    await isReady(serving);
    const [prod, test] = [await serving.of('prod'), await serving.of('test')];
    const answers = [await ask(prod.url, prod.token), await ask(test.url, test.token)];
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(answers[0]!.body.AccessKeyId).not.toBe(answers[1]!.body.AccessKeyId);
    expect((await ask(prod.url, test.token)).status).toBe(401);
    expect((await stat(prod.path)).mode & 0o777).toBe(0o600);
    expect(aws.count({ action: 'AssumeRole' })).toBe(2);
  });

  it('keeps tokens from one run to the next where it is told to, and removes them elsewhere', async () => {
    const first = await serve(...role, '--token-dir', join(home, 'tokens'));
    const { token } = await first.of();
    expect(await first.stop()).toBe(0);
    const second = await serve(...role, '--token-dir', join(home, 'tokens'));
    expect((await second.of()).token).toBe(token);
    const third = await serve(...role);
    const { path } = await third.of();
    expect(await third.stop('SIGINT')).toBe(0);
    await expect(stat(path)).rejects.toThrow('ENOENT');
  });

  it(
    'answers from memory while the source is down, never with what has expired, and recovers',
    { timeout: 90_000 },
    async () => {
      aws.credentialLifetimeMs = 8000;
      const serving = await serve(...role);
      const { url, token } = await serving.of();
      await isReady(serving);
      const outage = aws.inject(down);
      let served = 0;
      for (;;) {
        const askedAt = Date.now();
        const { status, body } = await ask(url, token);
        if (status === 503) break;
        served++;
        expect(Date.parse(body.Expiration!)).toBeGreaterThan(askedAt);
      }
      expect(served).toBeGreaterThan(0);
      expect((await ask(`${serving.endpoint}/ready`)).status).toBe(503);
      expect((await ask(`${serving.endpoint}/health`)).status).toBe(200);
      expect(serving.told()).toMatch(/^brs: default: The source of 'sts' failed/);
      outage.stop();
      await isReady(serving);
      expect((await ask(url, token)).status).toBe(200);
      expect(serving.told()).toContain('brs: default: it works again');
    },
  );

  it('starts while the source is down', async () => {
    const outage = aws.inject(down);
    const serving = await serve(...role);
    const { url, token } = await serving.of();
    expect((await ask(url, token)).status).toBe(503);
    outage.stop();
    await isReady(serving);
    expect((await ask(url, token)).status).toBe(200);
  });

  it.each([
    [['--listen', '0.0.0.0'], 2, '0.0.0.0 can be reached from other machines'],
    [['--port', '99999'], 2, '--port must be a port'],
    [['--imds', '--imds-profile', 'nobody'], 2, '--imds-profile nobody names no session'],
    [['--rgion', 'x'], 2, 'Option `rgion` is unknown'],
  ])('%j is refused', async (args, code, message) => {
    const refused = await runBrs(['serve', ...role, ...args], { env });
    expect(refused).toMatchObject({ code, stderr: expect.stringContaining(message) });
  });

  it('takes what comes behind the value of --allow-host for a profile', async () =>
    expect(await runBrs(['serve', ...role, '--allow-host', 'gateway.local', '../x'], { env })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("'../x' cannot be served"),
    }));

  it.skipIf(process.platform === 'win32')('needs few open files for many sessions', async () => {
    const names = Array.from({ length: 400 }, (_, index) => `session-${index}`);
    const profile = { region: 'us-east-1', assumeRole: { RoleArn: role[1] } };
    const profiles = Object.fromEntries(names.map((name) => [name, profile]));
    await writeFile(join(home, 'brs.config.json'), JSON.stringify({ profiles }));
    const before = ['sh', '-c', 'ulimit -n 256; exec "$@"', 'sh'];
    const serving = await startServe([...names, '--token-dir', join(home, 'tokens')], env, { cwd: home, before });
    running.push(serving);
    expect((await readdir(join(home, 'tokens'))).filter((name) => name.endsWith('.token'))).toHaveLength(400);
  });

  it('takes a name that can be no path for an error', async () =>
    expect(await runBrs(['serve', ...role, '../x'], { env })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('cannot be served under this name'),
    }));

  it('listens beyond this machine only when that is said twice', async () => {
    const serving = await serve(
      ...role,
      '--listen',
      '0.0.0.0',
      '--expose-to-other-machines',
      '--allow-host',
      'gateway.local',
    );
    const { port } = new URL(serving.endpoint);
    const { token } = await serving.of();
    const { stdout } = await run(curl!, [
      '-s',
      '-H',
      `Authorization: ${token}`,
      '-H',
      `Host: gateway.local:${port}`,
      `http://127.0.0.1:${port}/credentials/default`,
    ]);
    expect(JSON.parse(stdout)).toHaveProperty('SecretAccessKey');
  });
});

describe.skipIf(!curl)('somebody who means harm', () => {
  let serving: Serving;
  let url: string;
  let token: string;
  beforeEach(async () => {
    serving = await serve(...role, '--imds');
    await isReady(serving);
    ({ url, token } = await serving.of());
  });

  /** Status and body of what curl is answered. */
  const attack = async (target: string, ...args: string[]) => {
    const { stdout } = await run(curl!, ['--silent', '--path-as-is', '--write-out', '\n%{http_code}', ...args, target]);
    const [status] = stdout.split('\n').slice(-1);
    return { status: Number(status), body: stdout };
  };
  const good = async () => (await ask(url, token)).status;

  it('is refused, and told nothing', async () => {
    const withToken = ['-H', `Authorization: ${token}`];
    const { origin, host } = new URL(url);
    const big = 'x'.repeat(16_000);
    const cases: [number, string, string[]][] = [
      [401, url, []],
      [401, url, ['-H', 'Authorization: ']],
      [401, url, ['-H', `Authorization: Bearer ${token}`]],
      [401, url, ['-H', `Authorization: ${token.slice(0, -1)}_`]],
      [401, url, ['-H', `Authorization: ${token}x`]],
      [401, `${url}?x`, withToken],
      [401, `${url}/`, withToken],
      [401, `${origin}/credentials/nobody`, withToken],
      [401, `${origin}/credentials/../credentials/default`, withToken],
      [401, `${origin}/credentials/%2e%2e/default`, withToken],
      [404, `${origin}/../../etc/passwd`, withToken],
      [404, `${origin}/`, withToken],
      [403, url, [...withToken, '-H', `Host: rebound.example:${new URL(url).port}`]],
      [403, url, [...withToken, '-H', 'Host: 127.0.0.1']],
      [403, url, [...withToken, '-H', 'X-Forwarded-For: 10.0.0.1']],
      [403, url, [...withToken, '-H', 'Forwarded: for=10.0.0.1']],
      [431, url, [...withToken, '-H', `X-Big: ${big}`]],
      [431, `${origin}/${big}`, withToken],
      [413, url, [...withToken, '-X', 'GET', '-d', 'a body']],
      [405, url, [...withToken, '-X', 'DELETE']],
      [405, url, [...withToken, '-X', 'OPTIONS']],
    ];
    const { body: secret } = await ask(url, token);
    for (const [expected, target, args] of cases) {
      const { status, body } = await attack(target, ...args);
      expect({ status, target, args }).toEqual({ status: expected, target, args });
      for (const kept of [secret.SecretAccessKey, secret.Token, token, big, 'reader', 'rebound'])
        expect(body).not.toContain(kept);
    }
    // What exists and what does not cannot be told from one another.
    const [known, unknown] = [await attack(url), await attack(`${origin}/credentials/nobody`)];
    expect(known).toEqual(unknown);
    expect(host).toMatch(/^127\.0\.0\.1:/);
    expect(await good()).toBe(200);
    expect(await serving.stop()).toBe(0);
  });

  it.each([
    ['and says nothing', ''],
    ['and asks what anybody may', 'GET /health HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\n\r\n'],
  ])('who has a thousand connections %s does not keep the others out', async (_, request) => {
    const { port } = new URL(url);
    const sockets = Array.from({ length: 1000 }, () => connect(Number(port), '127.0.0.1').on('error', () => undefined));
    for (const socket of sockets) socket.resume().write(request.replace('PORT', port));
    const first = sockets[0]!;
    // The oldest of those who have shown no token are put out first.
    await once(first, 'close');
    expect(await good()).toBe(200);
    expect(await good()).toBe(200);
    for (const socket of sockets) socket.destroy();
    expect(await good()).toBe(200);
  });

  it('who drips is cut off', async () => {
    const { port } = new URL(url);
    const socket: Socket = connect(Number(port), '127.0.0.1').on('error', () => undefined);
    socket.write('GET /credentials/default HTTP/1.1\r\nX-Slow: ');
    const drip = setInterval(() => socket.write('x'), 100);
    const closed = once(socket.resume(), 'close');
    expect(await good()).toBe(200);
    await closed;
    clearInterval(drip);
    expect(await good()).toBe(200);
  });

  it('who guesses is cut off, and the others go on', async () => {
    const guesses = await Promise.allSettled(
      Array.from({ length: 500 }, (_, index) => ask(url, `${'x'.repeat(39)}${1000 + index}`)),
    );
    const answered = guesses.filter((guess) => guess.status === 'fulfilled');
    expect(answered.every(({ value }) => value.status === 401)).toBe(true);
    expect(await good()).toBe(200);
  });

  it('gets nothing from the instance metadata without its dance', async () => {
    const { AWS_EC2_METADATA_SERVICE_ENDPOINT: imds } = serving.imds!;
    const roles = `${imds}latest/meta-data/iam/security-credentials/`;
    const ttl = ['-X', 'PUT', '-H', 'X-aws-ec2-metadata-token-ttl-seconds: 60'];
    expect((await attack(roles)).status).toBe(401);
    expect((await attack(`${roles}default`, '-H', 'X-aws-ec2-metadata-token: guess')).status).toBe(401);
    expect((await attack(`${imds}latest/api/token`, ...ttl, '-H', 'X-Forwarded-For: 10.0.0.1')).status).toBe(403);
    expect((await attack(`${imds}latest/api/token`, ...ttl, '-H', 'Host: rebound.example')).status).toBe(403);
    expect((await attack(`${imds}latest/api/token`)).status).toBe(405);
    for (const bad of ['0', '21601', 'long', '1.5']) {
      expect(
        (await attack(`${imds}latest/api/token`, '-X', 'PUT', '-H', `X-aws-ec2-metadata-token-ttl-seconds: ${bad}`))
          .status,
      ).toBe(400);
    }
    const { body } = await attack(`${imds}latest/api/token`, ...ttl);
    const header = ['-H', `X-aws-ec2-metadata-token: ${body.split('\n')[0]}`];
    expect((await attack(roles, ...header)).body).toBe('default\n200');
    expect((await attack(`${imds}latest/meta-data/placement/region`, ...header)).body).toBe('us-east-1\n200');
    const document = await attack(`${roles}default`, ...header);
    expect(JSON.parse(document.body.split('\n')[0]!)).toMatchObject({
      Code: 'Success',
      Type: 'AWS-HMAC',
      Expiration: expect.stringMatching(/\.\d{3}Z$/),
      SecretAccessKey: expect.any(String),
    });
    expect((await attack(`${imds}latest/user-data`, ...header)).status).toBe(404);
    const short = await attack(`${imds}latest/api/token`, '-X', 'PUT', '-H', 'X-aws-ec2-metadata-token-ttl-seconds: 1');
    const spent = ['-H', `X-aws-ec2-metadata-token: ${short.body.split('\n')[0]}`];
    await expect.poll(async () => (await attack(roles, ...spent)).status, { timeout: 10_000 }).toBe(401);
  });
});

describe('an end', () => {
  it('by kill leaves nothing that can be read but tokens of an endpoint that is gone', async () => {
    const serving = await serve(...role);
    await isReady(serving);
    const { url, token } = await serving.of();
    const { body } = await ask(url, token);
    expect(await serving.stop('SIGKILL')).toBe('SIGKILL');
    await expect(ask(url, token)).rejects.toThrow('fetch failed');
    const names = await readdir(home, { recursive: true });
    expect(names).toEqual([]);
    expect(body).toHaveProperty('SecretAccessKey');
    await isReady(await serve(...role));
  });

  it.skipIf(process.platform === 'win32')('comes at once while it prepares its sessions', async () => {
    // Which ends when brs does.
    const command = ['sh', '-c', 'kill $PPID; cat'];
    const assumeRole = { RoleArn: role[1], ExternalId: { fromCommand: command } };
    await writeFile(join(home, 'brs.config.json'), JSON.stringify({ profiles: { prod: { assumeRole } } }));
    expect((await runBrs(['serve', 'prod'], { env, cwd: home })).code).toBe('SIGTERM');
  });
});

describe.skipIf(process.platform !== 'linux')('systemd', () => {
  it('is told when it is ready and when it stops', async () => {
    const notify = await debianProgram('systemd-notify', 'systemd');
    const python = await debianProgram('python3', 'python3-minimal');
    if (!notify || !python) return expect(process.env.CI).toBeUndefined();
    const socket = join(home, 'notify');
    const listener = spawn(python, [
      '-u',
      '-c',
      `import socket\ns=socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)\ns.bind(${JSON.stringify(socket)})\nprint('bound')\nwhile True: print(s.recv(4096).decode().replace('\\n', ' '))`,
    ]);
    let heard = '';
    listener.stdout.setEncoding('utf8').on('data', (part: string) => (heard += part));
    await expect.poll(() => heard, { timeout: 20_000 }).toContain('bound');
    env = { ...env, NOTIFY_SOCKET: socket };
    const serving = await serve(...role);
    await expect.poll(() => heard, { timeout: 20_000 }).toContain('READY=1');
    expect(heard).toContain('STATUS=1 of 1 sessions have credentials');
    expect(await serving.stop()).toBe(0);
    await expect.poll(() => heard, { timeout: 20_000 }).toContain('STOPPING=1');
    listener.kill();
  });

  it('is told which sockets are served', async () => {
    const unix = createServer().listen(join(home, 'socket'));
    await once(unix, 'listening');
    const { fd } = (unix as unknown as { _handle: { fd: number } })._handle;
    // Who is handed the socket is the process that is to serve it.
    const asItself = ['-c', 'LISTEN_PID=$$ exec "$@"', 'sh', process.execPath, brs, 'serve', ...role];
    const child = spawn('sh', asItself, { env: { ...env, LISTEN_FDS: '1' }, stdio: ['ignore', 'ignore', 'pipe', fd] });
    let told = '';
    child.stderr!.setEncoding('utf8').on('data', (part: string) => (told += part));
    expect(await once(child, 'close')).toEqual([2, null]);
    expect(told).toContain('The socket that was handed over is not one of TCP.');
    unix.close();
  });

  it('hands its socket over', async () => {
    const activate = await debianProgram('systemd-socket-activate', 'systemd');
    if (!activate) return expect(process.env.CI).toBeUndefined();
    const probe = createServer().listen(0, '127.0.0.1');
    await once(probe, 'listening');
    const { port } = probe.address() as AddressInfo;
    probe.close();
    await once(probe, 'close');
    await mkdir(join(home, 'tokens'));
    const inherited = Object.keys(env).flatMap((name) => ['-E', name]);
    const args = [...role, '--token-dir', join(home, 'tokens')];
    const starting = startServe(args, env, { cwd: home, before: [activate, '-l', `127.0.0.1:${port}`, ...inherited] });
    // The first connection makes systemd start it, and is answered by it.
    await expect
      .poll(
        () =>
          fetch(`http://127.0.0.1:${port}/health`).then(
            ({ status }) => status,
            () => 0,
          ),
        { timeout: 20_000 },
      )
      .toBe(200);
    const serving = await starting;
    running.push(serving);
    expect(serving.endpoint).toBe(`http://127.0.0.1:${port}`);
    const { url, token } = await serving.of();
    expect((await ask(url, token)).status).toBe(200);
    return undefined;
  });
});
