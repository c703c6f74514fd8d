/**
 * `npm run many-sessions`: what it takes to hold ten thousand sessions in one `brs serve`, over a loopback STS in a process of
 * its own: memory, the time until all have credentials, how the refreshes spread, and how the endpoint answers meanwhile.
 * Linux. Whatever happens, it ends in its time and leaves no process behind.
 *
 *     node scripts/many-sessions.mjs [sessions, default 10000] [lifetime in seconds, default 900; 0: no refreshes are waited for]
 */
import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { root } from './lib/workspace.mjs';

/** The processes that were started. */
class Children {
  /** @type {Set<import('node:child_process').ChildProcess>} */
  #running = new Set();
  #onEnd;

  /** @param {(what: string) => void} onEnd - is told when one has ended by itself */
  constructor(onEnd) {
    this.#onEnd = onEnd;
  }

  /** @param {string} name @param {import('node:child_process').ChildProcess} child */
  add(name, child) {
    this.#running.add(child);
    child.once('exit', (code, by) => {
      if (this.#running.delete(child)) this.#onEnd(`${name} has ended with ${by ?? code}.`);
    });
  }

  /** @param {import('node:child_process').ChildProcess} child */
  async end(child) {
    if (!this.#running.delete(child)) return;
    const ended = once(child, 'exit');
    child.kill();
    const force = setTimeout(() => child.kill('SIGKILL'), 30_000);
    await ended;
    clearTimeout(force);
  }

  async endAll() {
    await Promise.all([...this.#running].map((child) => this.end(child)));
  }
}

const sts = 'loopback-sts';
if (process.argv[2] === sts) await beSts();
else await measure(Number(process.argv[2] ?? 10_000), Number(process.argv[3] ?? 900));

/**
 * As much as is needed here of what `@brs/testkit` has, whose types are there only when it is built.
 *
 * @typedef {object} LoopbackAws
 * @property {(event: 'answer', listener: (request: { action: string, status?: number }) => void) => void} on
 * @property {() => void} clearRequests
 * @property {(base: object) => Record<string, string>} env
 */

/** Is the STS, and tells of every answer. */
async function beSts() {
  /** @type {{ startLocalAws(): Promise<LoopbackAws> }} */
  const testkit = await import(pathToFileURL(join(root, 'packages/testkit/dist/index.js')).href);
  const aws = await testkit.startLocalAws();
  /** @type {[second: number, status: number][]} */
  let answers = [];
  aws.on('answer', ({ action, status = 0 }) => {
    if (action === 'AssumeRole') answers.push([Math.floor(performance.now() / 1000), status]);
  });
  setInterval(() => {
    if (process.connected) process.send?.({ answers });
    answers = [];
    aws.clearRequests();
  }, 200);
  process.on('disconnect', () => process.exit());
  process.send?.({ env: aws.env({}) });
}

/**
 * Measures, in its time and without leaving a process behind.
 *
 * @param {number} count @param {number} lifetimeSeconds
 */
async function measure(count, lifetimeSeconds) {
  const home = mkdtempSync(join(tmpdir(), 'brs-many-'));
  // Ends whatever is waited for.
  const stop = new AbortController();
  const limitSeconds = 60 + count * 0.05 + lifetimeSeconds * 2;
  const limit = setTimeout(() => stop.abort(new Error(`Not over after ${limitSeconds} s.`)), limitSeconds * 1000);
  for (const name of ['SIGTERM', 'SIGINT']) process.once(name, () => stop.abort(new Error(`Ended by ${name}.`)));
  const children = new Children((what) => stop.abort(new Error(what)));
  try {
    await measureIn(home, children, stop.signal, count, lifetimeSeconds);
  } catch (error) {
    if (!stop.signal.aborted) throw error;
    fail(stop.signal.reason.message);
  } finally {
    clearTimeout(limit);
    stop.abort();
    await children.endAll();
    rmSync(home, { recursive: true, force: true });
  }
}

/**
 * @param {string} home
 * @param {Children} children
 * @param {AbortSignal} signal
 * @param {number} count
 * @param {number} lifetimeSeconds
 */
async function measureIn(home, children, signal, count, lifetimeSeconds) {
  /** Answers of STS by second, and those that were no success. @type {Map<number, number>} */
  const bySecond = new Map();
  let [fetched, refused] = [0, 0];
  const aws = fork(fileURLToPath(import.meta.url), [sts], { stdio: 'inherit' });
  children.add('The loopback STS', aws);
  const [{ env }] = await once(aws, 'message', { signal });
  aws.on('message', (message) => {
    const { answers } = /** @type {{ answers: [second: number, status: number][] }} */ (message);
    for (const [second, status] of answers) {
      bySecond.set(second, (bySecond.get(second) ?? 0) + 1);
      if (status === 200) fetched++;
      else refused++;
    }
  });
  const names = Array.from({ length: count }, (_, index) => `session-${String(index).padStart(5, '0')}`);
  const profiles = Object.fromEntries(
    names.map((name, index) => [
      name,
      {
        region: 'us-east-1',
        assumeRole: {
          RoleArn: `arn:aws:iam::${String(index).padStart(12, '0')}:role/reader`,
          DurationSeconds: lifetimeSeconds || 3600,
        },
      },
    ]),
  );
  writeFileSync(join(home, 'brs.config.json'), JSON.stringify({ profiles }, null, 1));
  /** @param {number} ms */
  const pause = (ms) => delay(ms, undefined, { signal });
  /** @param {string[]} of */
  const serve = async (of) => {
    const startedAt = performance.now();
    const child = spawn(process.execPath, [join(root, 'packages/cli/dist/bin/brs.js'), 'serve', '--json', ...of], {
      cwd: home,
      env: { ...env, PATH: process.env.PATH, HOME: home, BRS_KEYRING: 'off' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    children.add('brs serve', child);
    let told = 0;
    createInterface(child.stderr).on('line', (line) => {
      if (told++ < 5) console.error(line);
    });
    const [line] = await once(createInterface(child.stdout), 'line', { signal });
    const announcedMs = performance.now() - startedAt;
    const said = JSON.parse(line);
    while ((await ask(`${said.endpoint}/ready`, { signal })).status !== 200) await pause(100);
    return { child, said, announcedMs, readyMs: performance.now() - startedAt, told: () => told };
  };
  const one = await serve(names.slice(0, 1));
  await pause(500);
  const oneKb = memoryOf(one.child.pid).now;
  await children.end(one.child);
  fetched = 0;
  bySecond.clear();

  const many = await serve(names);
  console.log(`${count} sessions, lifetime ${lifetimeSeconds || 3600} s`);
  row('listening after', `${(many.announcedMs / 1000).toFixed(1)} s`);
  row('all have credentials after', `${(many.readyMs / 1000).toFixed(1)} s`);
  await pause(500);
  row('calls of STS for that', `${fetched}, refused ${refused}`);
  // The first to start refresh after a quarter of their lifetime, which a long start can outlast.
  const isOnce = fetched === count || (lifetimeSeconds > 0 && many.readyMs > lifetimeSeconds * 250);
  if (!isOnce || refused > 0 || many.told() > 0) fail('Every session is to call STS once, and none is to fail.');

  bySecond.clear();
  const sessions = many.said.sessions;
  const latencies = await probe(sessions, signal, async () => {
    if (lifetimeSeconds === 0) return pause(500);
    // From the first refresh of a session to the last one of its first round.
    fetched = 0;
    while (fetched < count) await pause(100);
    return undefined;
  });
  const at = (/** @type {number} */ share) => (latencies[Math.floor((latencies.length - 1) * share)] ?? 0).toFixed(1);
  row('endpoint meanwhile', `${latencies.length} requests, all good`);
  row('  half / 99 % / all within', `${at(0.5)} / ${at(0.99)} / ${at(1)} ms`);
  if (lifetimeSeconds > 0) {
    // The windows of sessions that are served: three quarters of the lifetime and a tenth, and half of what is between.
    const bandSeconds = (lifetimeSeconds * 0.75 - Math.min(60, lifetimeSeconds * 0.1)) / 2;
    const even = count / bandSeconds;
    const fullest = Math.max(...bySecond.values());
    row('refreshes, fullest second', `${fullest}; evenly over ${bandSeconds.toFixed(0)} s: ${even.toFixed(1)}`);
    row('  against an even spread', `${(fullest / even).toFixed(2)} ×, at most 2`);
    row('  seconds with any', `${bySecond.size}`);
    if (refused > 0 || many.told() > 0) fail('No refresh is to fail.');
    if (count >= 1000 && fullest > 2 * even) fail('The refreshes are too close together.');
  }
  const { now, most } = memoryOf(many.child.pid);
  row('memory', `${mb(now)}, at most ${mb(most)}; with one session ${mb(oneKb)}`);
  row('  for each session', `${((now - oneKb) / count).toFixed(1)} KiB`);
  const before = performance.now();
  await children.end(many.child);
  row('ended after', `${((performance.now() - before) / 1000).toFixed(1)} s`);
}

/**
 * Asks for one session after the other, some two hundred times a second, until something is over.
 *
 * @param {{ AWS_CONTAINER_CREDENTIALS_FULL_URI: string, AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: string }[]} sessions
 * @param {AbortSignal} signal
 * @param {() => Promise<unknown>} something
 * @returns {Promise<number[]>} milliseconds, the shortest first
 */
async function probe(sessions, signal, something) {
  const agent = new Agent({ keepAlive: true });
  /** @type {number[]} */
  const latencies = [];
  let isOver = false;
  const work = async () => {
    for (let index = 0; !isOver; index = (index + 7919) % sessions.length) {
      const session = sessions[index];
      const authorization = readFileSync(session?.AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE ?? '', 'utf8');
      const startedAt = performance.now();
      const { status, body } = await ask(session?.AWS_CONTAINER_CREDENTIALS_FULL_URI ?? '', {
        headers: { authorization },
        agent,
        signal,
      });
      latencies.push(performance.now() - startedAt);
      if (status !== 200 || Date.parse(JSON.parse(body).Expiration) <= Date.now()) fail(`Not a good answer: ${status}`);
      await delay(5);
    }
  };
  try {
    await Promise.all([work(), something().finally(() => (isOver = true))]);
  } finally {
    agent.destroy();
  }
  return latencies.sort((one, other) => one - other);
}

/**
 * @param {string} url
 * @param {import('node:http').RequestOptions} options
 * @returns {Promise<{ status: number, body: string }>}
 */
function ask(url, options) {
  return new Promise((resolve, reject) => {
    get(url, options, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (part) => (body += part));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body })).on('error', reject);
    }).on('error', reject);
  });
}

/** The memory that a process has, and the most that it had, in KiB. @param {number | undefined} pid */
function memoryOf(pid) {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const kb = (/** @type {string} */ name) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1]);
  return { now: kb('VmRSS'), most: kb('VmHWM') };
}

/** @param {number} kb */
function mb(kb) {
  return `${(kb / 1024).toFixed(0)} MiB`;
}

/** @param {string} name @param {string} value */
function row(name, value) {
  console.log(`${name.padEnd(28)}${value}`);
}

/** @param {string} message */
function fail(message) {
  console.error(message);
  process.exitCode = 1;
}
