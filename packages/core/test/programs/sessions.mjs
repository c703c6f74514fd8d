/** Leaves sessions open in the state that its argument names, prints a line and has nothing else to do. */
import { subscribe } from 'node:diagnostics_channel';
import { defineStrategy, RefreshableSession } from '../../dist/index.js';

const lifetimeMs = 3_600_000;
const set = () => ({
  accessKeyId: 'ASIA1',
  secretAccessKey: 'secret',
  sessionToken: 'token',
  expiration: new Date(Date.now() + lifetimeMs),
});
const forever = new Promise(() => {});
const session = (acquire, options = {}) =>
  new RefreshableSession({ strategy: defineStrategy({ name: 'program', acquire }), ...options });

const programs = {
  /** Used once. */
  async used() {
    await session(async () => set()).ready();
  },
  /** Refreshes by itself in an hour. */
  async proactive() {
    await session(async () => set(), { deferRefresh: false }).ready();
  },
  /** Refreshes by itself, and the first fetch hangs. Nobody waits. */
  async 'proactive-hanging'() {
    session(() => forever, { deferRefresh: false });
  },
  /** Refreshes by itself, and the source fails. */
  async 'proactive-failing'() {
    session(() => Promise.reject(new Error('down')), { deferRefresh: false });
    await new Promise((resolve) => setImmediate(resolve));
  },
  /** A refresh in the background hangs, nobody waits for it. */
  async 'hanging-refresh'() {
    let [asked, aheadMs] = [0, 0];
    const clock = {
      now: () => Date.now() + aheadMs,
      startTimer(callback, delayMs) {
        const timer = setTimeout(() => callback(), delayMs).unref();
        return { ref: () => timer.ref(), cancel: () => clearTimeout(timer) };
      },
    };
    const hanging = session(() => (asked++ === 0 ? Promise.resolve(set()) : forever), { clock });
    await hanging.ready();
    aheadMs = 0.9 * lifetimeMs;
    await hanging.getCredentials();
    if (!hanging.status().refreshing) throw new Error('nothing is under way');
  },
  /** The only caller of a source that never answers went away. */
  async gone() {
    await session(() => forever)
      .ready({ signal: AbortSignal.timeout(50) })
      .catch((error) => console.log(error.name));
  },
  /** Somebody still waits for a source that never answers: the process stays until the refresh has its deadline. */
  async waiting() {
    await session(() => forever, { refreshTimeoutMs: 300 })
      .ready()
      .catch((error) => console.log(error.code));
  },
  /** A caller that nobody awaits, and a failure: no rejection is left over but the caller's own, which it handles. */
  async 'failing-callers'() {
    const failing = session(() => Promise.reject(new Error('down')));
    await Promise.allSettled(Array.from({ length: 10 }, () => failing.getCredentials()));
  },
  /** A subscriber of a diagnostics channel throws: that is the program's own uncaught exception, and none of the caller's. */
  async 'broken-subscriber'() {
    process.on('uncaughtException', (error) => console.log('uncaught', error.message));
    subscribe('brs:refreshSucceeded', () => {
      throw new Error('of the subscriber');
    });
    const told = session(async () => set());
    told.on('refreshSucceeded', () => console.log('told'));
    console.log((await told.getCredentials()).accessKeyId);
  },
  /** Closed while a fetch is under way. */
  async closed() {
    const closing = session(() => forever, { deferRefresh: false });
    closing.ready().catch((error) => console.log(error.code));
    await closing.close();
  },
};

process.on('unhandledRejection', (error) => {
  console.log('unhandled', error);
  process.exitCode = 3;
});
await programs[process.argv[2]]();
console.log('done');
