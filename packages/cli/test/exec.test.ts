/** `brs exec`: the command does not notice it, gets its credentials, and leaves nothing behind. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type LocalAws, startLocalAws } from '@brs/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { brs, homeWith, runBrs } from './support/brs.js';
import { onTerminal } from './support/terminal.js';

const role = ['--role-arn', 'arn:aws:iam::123456789012:role/reader', '--region', 'us-east-1'];
const node = process.execPath;

let aws: LocalAws;
let home: string;
let env: NodeJS.ProcessEnv;
beforeAll(async () => {
  aws = await startLocalAws();
  ({ home, env } = await homeWith(aws));
});
afterAll(() => aws.close());

const exec = (...command: string[]) => runBrs(['exec', ...role, '--', ...command], { env });

/** Starts it, and collects what the command prints. Without a terminal, unless one is given. */
function start(script: string): { child: ChildProcess; printed: () => string; until: (text: string) => Promise<void> } {
  const child = spawn(node, [brs, 'exec', ...role, '--', node, '--eval', script], {
    env,
    detached: true,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout?.setEncoding('utf8').on('data', (part: string) => (text += part));
  return {
    child,
    printed: () => text,
    until: (wanted) => expect.poll(() => text, { timeout: 30_000 }).toContain(wanted),
  };
}

const ended = (child: ChildProcess) =>
  new Promise<number | string | null>((resolve) => child.once('exit', (code, signal) => resolve(signal ?? code)));

/** Prints what the endpoint answers. */
const askEndpoint = `
  const { AWS_CONTAINER_CREDENTIALS_FULL_URI: url, AWS_CONTAINER_AUTHORIZATION_TOKEN: authorization } = process.env;
  const answer = await fetch(url, { headers: { authorization } });
  console.log(JSON.stringify({ status: answer.status, set: await answer.json(), url }));`;

describe('brs exec', () => {
  it('hands on streams, arguments and the exit code', async () => {
    const child = spawn(
      node,
      [brs, 'exec', ...role, '--', 'sh', '-c', 'cat; echo "$1" >&2; exit 7', 'sh', '--role-arn x'],
      {
        env,
      },
    );
    let [out, err] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (part: string) => (out += part));
    child.stderr.setEncoding('utf8').on('data', (part: string) => (err += part));
    child.stdin.end('from outside');
    const code = await new Promise((resolve) => child.once('close', resolve));
    expect({ code, out, err }).toEqual({
      code: 7,
      out: 'from outside',
      err: '--role-arn x\n',
    });
  });

  it('gives credentials by an endpoint on loopback, and nothing else', async () => {
    const { code, stdout } = await exec(node, '--input-type=module', '--eval', askEndpoint);
    const { status, set, url } = JSON.parse(stdout) as { status: number; set: object; url: string };
    expect({ code, status }).toEqual({ code: 0, status: 200 });
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\//);
    expect(set).toEqual({
      AccessKeyId: expect.stringMatching(/^ASIA/),
      SecretAccessKey: expect.any(String),
      Token: expect.any(String),
      Expiration: expect.stringMatching(/Z$/),
      AccountId: '123456789012',
    });
    const shown = await exec('env');
    const names = shown.stdout.split('\n').flatMap((line) => (line.startsWith('AWS_') ? line.split('=', 1) : []));
    const kept = Object.keys(env).filter((name) => name.startsWith('AWS_') && !name.includes('KEY'));
    const added = [
      'AWS_CONTAINER_CREDENTIALS_FULL_URI',
      'AWS_CONTAINER_AUTHORIZATION_TOKEN',
      'AWS_REGION',
      'AWS_DEFAULT_REGION',
    ];
    expect(new Set(names)).toEqual(new Set([...kept, ...added]));
    await expect(fetch(url)).rejects.toThrow('fetch failed');
  });

  it('--env hands over plain variables, and says when they end', async () => {
    const { code, stdout, stderr } = await runBrs(['exec', ...role, '--env', '--', 'env'], { env });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^AWS_ACCESS_KEY_ID=ASIA/m);
    expect(stdout).not.toContain('AWS_CONTAINER');
    const [, end = ''] = /^AWS_CREDENTIAL_EXPIRATION=(.*)$/m.exec(stdout) ?? [];
    expect(stderr).toContain(`The credentials end at ${end}. Nothing refreshes them.`);
  });

  it('wins over a default profile, which an SDK would ask first', async () => {
    await mkdir(join(home, '.aws'), { recursive: true });
    await writeFile(
      join(home, '.aws/credentials'),
      '[default]\naws_access_key_id = AKIDOTHER\naws_secret_access_key = x\n',
    );
    const { stdout } = await exec('env');
    await writeFile(join(home, '.aws/credentials'), '');
    expect(stdout).toContain('AWS_SHARED_CREDENTIALS_FILE=/dev/null');
    expect((await exec('env')).stdout).not.toContain('AWS_SHARED_CREDENTIALS_FILE');
  });

  it.each([
    [127, ['no-such-program'], "There is no program 'no-such-program'."],
    [126, ['/etc/passwd'], "Cannot start the program '/etc/passwd'."],
    [125, [], 'No command was given.'],
  ])('ends with %d for %j', async (expected, command, message) => {
    const { code, stderr } = await exec(...command);
    expect({ code, stderr }).toEqual({ code: expected, stderr: expect.stringContaining(message) });
  });

  it('ends with 125 where there are no credentials, and does not start the command', async () => {
    aws.putRole({ arn: 'arn:aws:iam::123456789012:role/closed', trust: ['210987654321'] });
    const args = [
      'exec',
      '--role-arn',
      'arn:aws:iam::123456789012:role/closed',
      '--region',
      'us-east-1',
      '--',
      'echo',
      'ran',
    ];
    const { code, stdout, stderr } = await runBrs(args, { env });
    expect({ code, stdout, stderr }).toEqual({ code: 125, stdout: '', stderr: expect.stringContaining('refused') });
  });

  it.each(['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGUSR2'] as const)(
    'hands %s on, and ends as the command does',
    async (signal) => {
      const { child, until } = start(
        `process.on('${signal}', () => process.exit(9)); setInterval(() => {}, 1000); console.log('up')`,
      );
      await until('up');
      child.kill(signal);
      expect(await ended(child)).toBe(9);
    },
  );

  it.each(['SIGTERM', 'SIGKILL'] as const)('ends by %s where the command does', async (signal) => {
    const { child, printed, until } = start(`setInterval(() => {}, 1000); console.log(process.pid, '.')`);
    await until(' .');
    process.kill(Number.parseInt(printed(), 10), signal);
    expect(await ended(child)).toBe(signal);
  });

  it('killed: the endpoint is gone, and the next start is clean', async () => {
    const { child, printed, until } = start(
      `console.log(process.env.AWS_CONTAINER_CREDENTIALS_FULL_URI, '.'); process.stdin.on('end', () => process.exit()).resume()`,
    );
    await until(' .');
    const [url = ''] = printed().split(' ');
    child.kill('SIGKILL');
    expect(await ended(child)).toBe('SIGKILL');
    await expect(fetch(url)).rejects.toThrow('fetch failed');
    child.stdin?.end();
    expect((await exec('true')).code).toBe(0);
  });

  it.skipIf(process.platform !== 'linux')('lets the terminal interrupt the command, once', async () => {
    const script = `let n = 0; process.on("SIGINT", () => console.log("interrupt " + ++n)); process.stdin.setEncoding("utf8").on("data", (text) => { if (text.includes("end")) { console.log("in all " + n); process.exit(3); } }); console.log("up");`;
    const terminal = onTerminal([node, brs, 'exec', ...role, '--', node, '--eval', script], env, home);
    await terminal.until('up');
    terminal.type('\x03');
    await terminal.until('interrupt 1');
    terminal.type('end\r');
    await terminal.until('in all 1');
    expect(await terminal.ended).toBe(3);
  });
});
