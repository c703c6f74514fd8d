/** `brs credential-process`: many at once, failures, a kill in the middle, and what is left on the disk. */
import { execFile, spawn } from 'node:child_process';
import { chmod, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type LocalAws, startLocalAws } from '@brs/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { debianProgram } from '@brs-tests/support/debian';
import { brs, homeWith, runBrs } from './support/brs.js';

const isLinux = process.platform === 'linux';
const keyring = isLinux ? await debianProgram('gnome-keyring-daemon', 'gnome-keyring') : undefined;
const bus = isLinux ? await debianProgram('dbus-run-session', 'dbus-daemon') : undefined;

const roleArn = 'arn:aws:iam::123456789012:role/reader';
const args = ['credential-process', '--role-arn', roleArn, '--region', 'us-east-1'];
const assumed = { action: 'AssumeRole' } as const;

let aws: LocalAws;
let home: string;
let env: NodeJS.ProcessEnv;

beforeEach(async () => {
  aws = await startLocalAws();
  ({ home, env } = await homeWith(aws));
});
afterEach(() => aws.close());

const get = async (...more: string[]) => {
  const run = await runBrs([...args, ...more], { env });
  return { ...run, set: (run.code === 0 ? JSON.parse(run.stdout) : {}) as Record<string, string> };
};

/** Every file under a folder, with its mode and what is in it. */
async function filesUnder(folder: string) {
  const names = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  return Promise.all(
    names.map(async ({ parentPath, name }) => {
      const path = join(parentPath, name);
      return { name, mode: (await stat(path)).mode & 0o777, text: await readFile(path, 'latin1') };
    }),
  );
}

describe('brs credential-process', () => {
  it('prints a set in the format of credential_process', async () => {
    const { code, set, stderr } = await get();
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(set).toEqual({
      Version: 1,
      AccessKeyId: expect.stringMatching(/^ASIA/),
      SecretAccessKey: expect.any(String),
      SessionToken: expect.any(String),
      AccountId: '123456789012',
      Expiration: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    });
    expect(Date.parse(set.Expiration!)).toBeGreaterThan(Date.now());
  });

  it('asks the source once for fifty invocations at once', { timeout: 240_000 }, async () => {
    // A shell starts them: this process, in which the loopback AWS runs, would stand still for seconds.
    const script = `for i in $(seq 50); do { "$0" "$@" >"$HOME/$i.json"; echo $? >>"$HOME/codes"; } & done; wait`;
    await promisify(execFile)('sh', ['-c', script, process.execPath, brs, ...args], { env });
    expect((await readFile(join(home, 'codes'), 'utf8')).trim().split('\n')).toEqual(Array<string>(50).fill('0'));
    const names = (await readdir(home)).filter((name) => name.endsWith('.json'));
    const answers = await Promise.all(names.map((name) => readFile(join(home, name), 'utf8')));
    expect(answers.map((answer) => JSON.parse(answer).Version)).toEqual(Array<number>(50).fill(1));
    expect(new Set(answers).size).toBe(1);
    expect(aws.count(assumed)).toBe(1);
  });

  it('keeps other roles and other base credentials apart', async () => {
    const first = await get();
    const another = await get('--external-id', 'tenant-7');
    expect(another.code).toBe(0);
    expect(another.set.AccessKeyId).not.toBe(first.set.AccessKeyId);
    const other = aws.addUser({ name: 'other' });
    const theirs = { ...env, AWS_ACCESS_KEY_ID: other.accessKeyId, AWS_SECRET_ACCESS_KEY: other.secretAccessKey };
    const second = await runBrs(args, { env: theirs });
    expect(second.code).toBe(0);
    expect(second.stdout).not.toContain(first.set.AccessKeyId);
  });

  it('asks early, and hands out what is still good while the source fails', async () => {
    aws.credentialLifetimeMs = 20_000;
    const first = await get();
    const outage = aws.inject({ service: 'sts', kind: 'error', status: 503, code: 'ServiceUnavailable' });
    // Twenty seconds are asked for again after five.
    await expect
      .poll(() => get(), { timeout: 15_000, interval: 100 })
      .toMatchObject({
        code: 0,
        stderr: expect.stringContaining('The credentials in hand are good until'),
        set: first.set,
      });
    outage.stop();
    await expect.poll(async () => (await get()).set.AccessKeyId, { timeout: 20_000 }).not.toBe(first.set.AccessKeyId);
  });

  it('leaves nothing on the disk that can be read, and nothing for others', async () => {
    const { set } = await get();
    const files = await filesUnder(home);
    expect(files.map(({ name }) => name.replace(/^\w{32}/, 'x')).sort()).toEqual(['cache.key', 'x.set']);
    expect(files.map(({ mode }) => mode)).toEqual([0o600, 0o600]);
    expect((await stat(join(home, '.cache/brs'))).mode & 0o777).toBe(0o700);
    const texts = files.map(({ text }) => text).join('');
    for (const secret of [set.SecretAccessKey!, set.SessionToken!, set.AccessKeyId!, roleArn]) {
      expect(texts).not.toContain(secret);
    }
  });

  it('keeps the key in memory where the platform has such a folder', async () => {
    const XDG_RUNTIME_DIR = join(home, 'run');
    await mkdir(XDG_RUNTIME_DIR, { mode: 0o700 });
    expect((await runBrs(args, { env: { ...env, XDG_RUNTIME_DIR } })).code).toBe(0);
    expect((await filesUnder(XDG_RUNTIME_DIR)).map(({ name }) => name)).toEqual(['cache.key']);
    expect((await filesUnder(join(home, '.cache'))).map(({ name }) => name)).toEqual([expect.stringMatching(/\.set$/)]);
  });

  it('takes a file that was changed, or is of another key, for none', async () => {
    await get();
    const folder = join(home, '.cache/brs');
    const [name = ''] = (await readdir(folder)).filter((file) => file.endsWith('.set'));
    const bytes = await readFile(join(folder, name));
    bytes[bytes.length - 1]! ^= 1;
    await writeFile(join(folder, name), bytes);
    expect((await get()).code).toBe(0);
    expect(aws.count(assumed)).toBe(2);
    await writeFile(join(folder, name), 'brs1');
    expect((await get()).code).toBe(0);
    expect(aws.count(assumed)).toBe(3);
  });

  it('works without a cache where there can be none, and says so', async () => {
    await writeFile(join(home, 'file'), '');
    const run = await runBrs(args, { env: { ...env, BRS_CACHE_DIR: join(home, 'file/cache') } });
    expect(run).toMatchObject({ code: 0, stderr: expect.stringContaining('There is no cache') });
    expect((await get('--no-cache')).code).toBe(0);
    expect((await get('--no-cache')).code).toBe(0);
    expect(aws.count(assumed)).toBe(3);
    expect((await filesUnder(home)).map(({ name }) => name)).toEqual(['file']);
  });

  it('makes a folder that others may read its own', async () => {
    const folder = join(home, '.cache/brs');
    await mkdir(folder, { recursive: true });
    await chmod(folder, 0o755);
    expect((await get()).code).toBe(0);
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
  });

  it('does not look for a configuration where it happens to be started', async () => {
    await writeFile(join(home, 'brs.config.mjs'), 'process.exit(99)');
    const run = await runBrs(args, { env, cwd: home });
    expect(run.code).toBe(0);
  });

  it('has the same name as the profile that it is for, also where AWS_PROFILE says it', async () => {
    await mkdir(join(home, '.aws'));
    const line = `${process.execPath} ${brs} credential-process --profile prod`;
    const own = `[brs prod]\nregion = us-east-1\nassumeRole.RoleArn = ${roleArn}\n`;
    await writeFile(join(home, '.aws/config'), `[profile prod]\ncredential_process = ${line}\n${own}`);
    const run = await runBrs(['credential-process', '--profile', 'prod'], { env: { ...env, AWS_PROFILE: 'prod' } });
    expect(run).toMatchObject({ code: 0, stderr: '' });
  });

  it('does not go round in a circle', async () => {
    const line = `${process.execPath} ${brs} credential-process --profile prod`;
    await mkdir(join(home, '.aws'));
    await writeFile(join(home, '.aws/config'), `[profile prod]\ncredential_process = ${line}\n`);
    const { code, stderr } = await runBrs(['credential-process', '--profile', 'prod', '--verbose'], {
      env: { ...env, AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' },
    });
    expect(code).toBe(4);
    expect(stderr).toContain('in a circle');
  });

  it('killed while it asks: the next start is clean, and nothing can be read', { timeout: 120_000 }, async () => {
    const hang = aws.inject({ service: 'sts', kind: 'hang' });
    const child = spawn(process.execPath, [brs, ...args], { env, stdio: 'ignore' });
    await aws.untilCount(assumed, 1);
    child.kill('SIGKILL');
    await new Promise((resolve) => child.once('exit', resolve));
    hang.stop();
    expect((await filesUnder(home)).map(({ name }) => name)).toEqual(['cache.key']);
    const { code, set } = await get();
    expect(code).toBe(0);
    // What a process that was killed while it wrote has left goes with a later write.
    const left = join(home, '.cache/brs', `${'0'.repeat(32)}.set.1.abcd.tmp`);
    await writeFile(left, 'half a file');
    await new Promise((resolve, reject) => {
      execFile('touch', ['-d', '2 minutes ago', left], (error) => (error ? reject(error) : resolve(undefined)));
    });
    expect((await get('--external-id', 'tenant-8')).code).toBe(0);
    const files = await filesUnder(home);
    expect(files.some(({ name }) => name.endsWith('.tmp'))).toBe(false);
    expect(files.map(({ text }) => text).join('')).not.toContain(set.SecretAccessKey);
  });

  it.skipIf(!keyring || !bus)('keeps the key in the keyring of the system, where there is one', async () => {
    const { BRS_KEYRING: _, ...on } = env;
    const script = `printf pw | "${keyring}" --unlock --components=secrets >/dev/null 2>&1; for i in 1 2; do "$0" "$@" || exit; done`;
    const { stdout } = await promisify(execFile)(bus!, ['--', 'sh', '-c', script, process.execPath, brs, ...args], {
      env: { ...on, XDG_RUNTIME_DIR: home },
    });
    const [first, second] = stdout.trim().split('\n');
    expect(second).toBe(first);
    expect(aws.count(assumed)).toBe(1);
    expect((await filesUnder(join(home, '.cache/brs'))).map(({ name }) => name)).toEqual([
      expect.stringMatching(/\.set$/),
    ]);
    // Without that keyring nobody can read what is in the cache.
    await get();
    expect(aws.count(assumed)).toBe(2);
  });
});
