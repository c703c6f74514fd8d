/** The load: requests at a steady rate, whatever becomes of those before, as the users of a service send them. */
import { performance } from 'node:perf_hooks';
import type { Stats } from './stats.js';

/** One side of the comparison, as far as the load is concerned. */
export interface Target {
  readonly stats: Stats;
  /** Sends one request; one function for each client. */
  readonly clients: readonly (() => Promise<unknown>)[];
}

/** A client with so many unanswered requests is sent no more: it is stuck, and memory is finite. */
const mostOpenPerClient = 1_000;

const tickMs = 5;
/**
 * Requests for each side in one tick, at most. Where the machine cannot keep up, ticks come late, and the load of both
 * sides drops by itself instead of piling up.
 */
const largestBurst = 2;

/** A load that is running. */
export interface Load {
  /** Milliseconds since it began. */
  readonly elapsedMs: number;
  /** Sends no more. */
  stop(): void;
  /** Resolves when no request waits any more, or when the time is up. */
  settled(timeoutMs: number): Promise<void>;
}

/** Sends every target the same requests, each of them so many per second. */
export function startLoad(targets: readonly Target[], requestsPerSecond: number): Load {
  const startedAt = performance.now();
  const elapsed = (): number => performance.now() - startedAt;
  let sent = 0;
  const timer = setInterval(() => {
    const due = Math.floor((elapsed() / 1000) * requestsPerSecond);
    sent = Math.max(sent, due - largestBurst);
    for (; sent < due; sent++) for (const target of targets) send(target, sent, elapsed);
  }, tickMs);
  return {
    get elapsedMs() {
      return elapsed();
    },
    stop: () => clearInterval(timer),
    async settled(timeoutMs) {
      const deadline = elapsed() + timeoutMs;
      while (targets.some(({ stats }) => stats.waiting > 0) && elapsed() < deadline) {
        await new Promise((resolve) => setTimeout(resolve, 25));
      }
    },
  };
}

function send({ stats, clients }: Target, index: number, elapsed: () => number): void {
  const client = clients[index % clients.length];
  if (!client || stats.waiting >= mostOpenPerClient * clients.length) return;
  const ended = stats.send(elapsed());
  client().then(
    () => ended(elapsed()),
    (error: unknown) => ended(elapsed(), error ?? new Error('rejected with nothing')),
  );
}
