/** `brs watch`: on a real terminal, without one, and beside a `brs serve` that ends and starts again. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type LocalAws, startLocalAws } from '@brs/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { draw, rowsFor } from '../src/watch/draw.js';
import { paletteFor } from '../src/watch/text.js';
import { brs, homeWith, runBrs } from './support/brs.js';
import { type Serving, startServe } from './support/serve.js';
import { hasTmux, Terminal } from './support/tmux.js';
import { documented, pageOf, viewOf, watchState } from './support/watch-state.js';

process.env.TZ = 'UTC';
const role = ['--role-arn', 'arn:aws:iam::123456789012:role/reader', '--region', 'us-east-1'];

let aws: LocalAws;
let home: string;
let env: NodeJS.ProcessEnv;
const closing: (() => unknown)[] = [];

beforeEach(async () => {
  aws = await startLocalAws();
  ({ home, env } = await homeWith(aws));
  env.TZ = 'UTC';
});
afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()));
  await aws.close();
});

/** A watch without a terminal, and what it has printed. */
function watchLines(...args: string[]): { lines: string[]; child: ChildProcess; ended: Promise<unknown> } {
  const child = spawn(process.execPath, [brs, 'watch', ...args], { env, cwd: home, stdio: ['ignore', 'pipe', 'pipe'] });
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) createInterface(stream).on('line', (line) => lines.push(line));
  closing.push(() => child.kill('SIGKILL'));
  return { lines, child, ended: once(child, 'exit').then(([code, signal]) => (signal ?? code) as unknown) };
}

async function serve(...args: string[]): Promise<Serving> {
  const serving = await startServe(args, env, { cwd: home });
  closing.push(() => serving.stop('SIGKILL'));
  return serving;
}

const eventually = (look: () => unknown) => expect.poll(look, { timeout: 30_000, interval: 50 });

describe('without a terminal', () => {
  it('prints a line for everything that happens, until it is asked to end', async () => {
    const { lines, child, ended } = watchLines(...role);
    await eventually(() => lines[1]).toMatch(/^\S+Z default: refreshed in [\d,]+ ms, good until \S+Z$/);
    expect(lines[0]).toMatch(/^\S+Z sessions of this command: 1 session: 1 \w+$/);
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
  });

  it('prints JSON, with the code of what went wrong and without any credentials', async () => {
    aws.putRole({ arn: 'arn:aws:iam::123456789012:role/reader', trust: [] });
    const { lines, child, ended } = watchLines(...role, '--json');
    await eventually(() => lines[1]).toContain('refreshFailed');
    expect(JSON.parse(lines[0]!)).toEqual({
      at: expect.any(String),
      event: 'watching',
      total: 1,
      counts: { starting: 1 },
    });
    expect(JSON.parse(lines[1]!)).toMatchObject({
      session: 'default',
      event: 'refreshFailed',
      code: 'CREDENTIALS_DENIED',
      terminal: true,
      message: expect.stringContaining('trust policy'),
      nextTryAt: expect.stringMatching(/Z$/),
    });
    child.kill('SIGINT');
    expect(await ended).toBe(0);
  });

  it('ends when nobody reads any more', async () => {
    const { child, ended } = watchLines(...role, '--json');
    child.stdout!.destroy();
    expect(await ended).toBe(0);
  });

  it.each([
    [['--serve'], 5, 'No running brs serve was found.'],
    [['--serve', 'nowhere'], 5, 'No brs serve answers that keeps its tokens in nowhere.'],
    [['--serve', '.', 'prod'], 2, 'takes no profiles'],
    [['--serve', '.', ...role], 2, 'no options of a session'],
  ])('%j is an error', async (args, code, message) => {
    // So that none of another user of this machine is found.
    env.XDG_RUNTIME_DIR = env.TMPDIR = home;
    const ended = await runBrs(['watch', ...args], { env, cwd: home });
    expect(ended).toMatchObject({ code, stdout: '', stderr: expect.stringContaining(message) });
  });
});

describe('a running brs serve', () => {
  it('is watched over its end and its next start', async () => {
    const tokens = ['--token-dir', join(home, 'tokens')];
    const first = await serve(...role, ...tokens);
    const { lines } = watchLines('--serve', 'tokens', '--json');
    const events = () => lines.map((line) => (JSON.parse(line) as { event: string }).event);
    await eventually(events).toEqual(['watching']);
    expect(await first.stop()).toBe(0);
    await eventually(events).toEqual(['watching', 'gone']);
    const second = await serve(...role, ...tokens);
    await eventually(events).toEqual(['watching', 'gone', 'back', 'refreshSucceeded']);
    // One that was killed has left its file behind.
    await second.stop('SIGKILL');
    await eventually(events).toEqual(['watching', 'gone', 'back', 'refreshSucceeded', 'gone']);
  });

  it('is found without its folder, if it is the only one', async () => {
    env.XDG_RUNTIME_DIR = env.TMPDIR = home;
    await serve(...role);
    const { lines } = watchLines('--serve');
    await eventually(() => lines[0]).toMatch(/Z brs serve, http:\/\/127\.0\.0\.1:\d+: 1 session: 1 \w+$/);
    // Another folder with an address that answers.
    const [folder = ''] = (await readdir(join(home, 'brs'))).map((name) => join(home, 'brs', name));
    await cp(folder, join(home, 'brs/serve-other'), { recursive: true });
    const { code, stderr } = await runBrs(['watch', '--serve'], { env, cwd: home });
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('Several brs serve are running') });
  });

  it('tells those alone how it is who can read its file, and nothing secret', async () => {
    const serving = await serve(...role, '--token-dir', join(home, 'tokens'));
    const { url: credentialsUrl, token: sessionToken } = await serving.of();
    const set = (await (await fetch(credentialsUrl, { headers: { authorization: sessionToken } })).json()) as object;
    const { url, token } = JSON.parse(await readFile(join(home, 'tokens/status.json'), 'utf8')) as Record<
      string,
      string
    >;
    const ask = async (query: string, authorization?: string, target = url!) => {
      const response = await fetch(`${target}${query}`, authorization ? { headers: { authorization } } : {});
      return { status: response.status, text: await response.text() };
    };
    const answer = await ask('?limit=10', token);
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.text)).toMatchObject({
      total: 1,
      rows: [{ name: 'default', state: 'fresh', refreshes: 1 }],
    });
    for (const part of [...Object.values(set), sessionToken, token!]) {
      if (part !== (set as { Expiration?: string }).Expiration) expect(answer.text).not.toContain(part);
    }
    expect((await ask('')).status).toBe(401);
    expect((await ask('', sessionToken)).status).toBe(401);
    expect((await ask('', `${token!.slice(0, -1)}_`)).status).toBe(401);
    expect((await ask('', token, credentialsUrl)).status).toBe(401);
    for (const bad of ['limit=501', 'limit=x', 'offset=-1', 'since=1.5']) {
      expect((await ask(`?${bad}`, token)).status).toBe(400);
    }
    expect((await ask('us', token)).status).toBe(404);
  });
});

describe.skipIf(!hasTmux)('on a terminal', () => {
  async function open(command: string[], columns = 80, rows = 24): Promise<Terminal> {
    const terminal = await Terminal.open(command, { home, env, columns, rows });
    closing.push(() => terminal.close());
    return terminal;
  }

  /** A brs serve that says one thing for ever. */
  async function replay(): Promise<string> {
    const server: Server = createServer(({ url = '' }, response) => {
      const { searchParams } = new URL(url, 'http://localhost');
      const [offset = 0, limit = 0, since = 0] = ['offset', 'limit', 'since'].map((name) =>
        Number(searchParams.get(name)),
      );
      response.end(JSON.stringify(pageOf(offset, limit, since)));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closing.push(() => server.close());
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    await mkdir(join(home, 'tokens'));
    await writeFile(join(home, 'tokens/status.json'), JSON.stringify({ url: `${origin}/status`, token: 'any' }));
    return origin;
  }

  it('is what is drawn, at every size', async () => {
    const origin = await replay();
    const [first] = documented;
    const terminal = await open([process.execPath, brs, 'watch', '--serve', 'tokens'], first!.columns, first!.rows);
    for (const size of [...documented, { columns: 60, rows: 16 }]) {
      await terminal.resize(size.columns, size.rows);
      const view = viewOf(rowsFor(size, watchState.total), `brs serve, ${origin}`);
      const lines = draw(view, size, paletteFor(false)).map((line) => line.trimEnd());
      await terminal.shows(lines.join('\n').trimEnd());
      expect((await terminal.screen()).split('\n').length).toBeLessThanOrEqual(size.rows);
    }
    await terminal.press('G');
    await terminal.shows(/^ > vendor/m);
    await terminal.press('k', '?');
    await terminal.shows(/^ +q, Ctrl-C +end$/m);
    await terminal.press('?');
    await terminal.shows(/^ > prod/m);
  });

  it('does what the keys say, and gives the terminal back whatever happens', async () => {
    env.PS1 = '$ ';
    const terminal = await open(['bash', '--norc', '--noprofile']);
    const start = `'${process.execPath}' '${brs}' watch ${role.join(' ')}`;
    const isBack = async () => {
      await terminal.isTaken(false);
      await terminal.press('C-l', "stty -a | grep -o ' -\\?icanon'; echo the end", 'Enter');
      await terminal.shows(/^ icanon\nthe end$/m);
      await terminal.press('C-l');
    };
    await terminal.shows(/\$/);

    await terminal.press(start, 'Enter');
    await terminal.shows(/default +fresh/);
    await terminal.isTaken(true);
    expect(await terminal.taken()).toBe('1 0');
    await terminal.press('r');
    await eventually(() => aws.count({ action: 'AssumeRole', status: 200 })).toBe(2);
    await terminal.shows(/ refreshed in .*\n.* refreshed in /);
    await terminal.shows(/reader/);
    await terminal.press('C-z');
    await isBack();
    await terminal.press('fg', 'Enter');
    await terminal.isTaken(true);
    await terminal.shows(/default +fresh/);
    await terminal.press('q');
    await isBack();

    await terminal.press(`${start} & sleep 0; fg`, 'Enter');
    await terminal.isTaken(true);
    await terminal.press('C-c');
    await isBack();

    // What ends it from elsewhere: a signal, and an error that nobody expects.
    await terminal.press(`sh -c 'echo $$ > pid; exec ${start.replaceAll("'", '')}'; echo "ended with $?"`, 'Enter');
    await terminal.isTaken(true);
    process.kill(Number(await readFile(join(home, 'pid'), 'utf8')), 'SIGTERM');
    await terminal.shows(/^ended with 0$/m);
    await isBack();
    await writeFile(join(home, 'crash.mjs'), "process.on('SIGUSR2', () => { throw new Error('unexpected'); });");
    const crashing = start.replaceAll("'", '').replace(brs, `--import ./crash.mjs ${brs}`);
    await terminal.press(`sh -c 'echo $$ > pid; exec ${crashing}'; echo "ended with $?"`, 'Enter');
    await terminal.isTaken(true);
    process.kill(Number(await readFile(join(home, 'pid'), 'utf8')), 'SIGUSR2');
    await terminal.shows(/Error: unexpected[^]*^ended with [1-9]/m);
    await isBack();
  });

  it('lets go of it while a person is asked for a code', async () => {
    const serialNumber = 'arn:aws:iam::123456789012:mfa/developer';
    aws.addMfaDevice({ serialNumber, codes: ['123456'] });
    const terminal = await open([process.execPath, brs, 'watch', ...role, '--mfa-serial', serialNumber]);
    await terminal.shows(`MFA code of ${serialNumber}`);
    expect(await terminal.taken()).toMatch(/^0/);
    await terminal.press('123456', 'Enter');
    await terminal.shows(/default +fresh/);
    await terminal.isTaken(true);
    expect(await terminal.screen()).not.toContain('123456');
    // Keys are the view's again.
    await terminal.press('?');
    await terminal.shows(/^ +q, Ctrl-C +end$/m);
  });
});
