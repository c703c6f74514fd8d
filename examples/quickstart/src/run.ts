/** One run from the first request to the last: opens both sides, loads them, lets STS fail, and shows it. */
import { isSessionError } from '@brs/core';
import { openAwsArena } from './aws-arena.js';
import type { Arena, Contestant } from './contestant.js';
import { type Load, startLoad } from './load.js';
import { openLocalArena } from './local-arena.js';
import type { Options } from './options.js';
import { type Snapshot, takeSnapshot } from './snapshot.js';
import { Stats } from './stats.js';
import type { Result } from './summary.js';
import type { View } from './view/view.js';

/** How often the view is brought up to date. */
const frameMs = 100;

/** How long requests that still wait when the load ends are waited for. */
const patienceMs = 3_000;

/** How many requests each client sends before the load begins. */
const warmUpRounds = 6;

/** Into how many slices the history of a run is divided: more than a terminal has columns, but each with a request in it. */
const mostSlices = 240;
const slicesPerSecond = { local: 12, aws: 2 };

/** The outcome of a run. */
export interface Outcome {
  readonly ours: Result;
  readonly sdk: Result;
  /** How things stood at the end. */
  readonly last: Snapshot;
  /** Whether the signal ended it before its time. */
  readonly brokenOff: boolean;
}

/** The first credentials could not be had; the message says why, and what to do. */
export class StartError extends Error {
  override readonly name = 'StartError';
}

/**
 * Runs both sides.
 *
 * @param openView called when the load begins
 * @param signal breaks the run off
 * @throws {@link StartError} when the first credentials cannot be had.
 */
export async function run(options: Options, openView: () => View, signal: AbortSignal): Promise<Outcome> {
  const totalMs = options.seconds * 1000;
  const slices = Math.min(mostSlices, Math.ceil(options.seconds * slicesPerSecond[options.aws ? 'aws' : 'local']));
  const stats = { ours: new Stats(totalMs, slices), sdk: new Stats(totalMs, slices) };
  const arena = options.aws ? openAwsArena(options.aws, stats) : await openLocalArena(totalMs, stats);
  try {
    await warmUp(arena);
    const view = openView();
    try {
      const last = await underLoad(arena, totalMs, view, signal);
      return { ours: arena.ours, sdk: arena.sdk, last, brokenOff: signal.aborted };
    } finally {
      view.close();
    }
  } finally {
    await arena.close();
  }
}

/**
 * A few requests from each client, which fetch the first credentials, open the sockets and warm the code. Ours last: its
 * credentials should be young when the load begins.
 */
async function warmUp({ ours, sdk }: Arena): Promise<void> {
  const sdkFailure = await failureOf(sdk);
  const failure = (await failureOf(ours)) ?? sdkFailure;
  if (failure) throw failure;
}

async function failureOf({ title, clients }: Contestant): Promise<StartError | undefined> {
  try {
    for (let round = 0; round < warmUpRounds; round++) await Promise.all(clients.map((send) => send()));
    return undefined;
  } catch (error) {
    const lines = [`${title} could not begin.`];
    for (let reason: unknown = error; reason instanceof Error; reason = reason.cause) lines.push(reason.message);
    if (isSessionError(error) && error.hint) lines.push(error.hint);
    return new StartError([...new Set(lines)].join('\n'), { cause: error });
  }
}

async function underLoad(arena: Arena, totalMs: number, view: View, signal: AbortSignal): Promise<Snapshot> {
  const { ours, sdk } = arena;
  const load = startLoad([ours, sdk], arena.requestsPerSecond);
  const show = (): Snapshot => {
    const snapshot = takeSnapshot(arena, totalMs, load.elapsedMs);
    view.update(snapshot);
    return snapshot;
  };
  const frames = setInterval(show, frameMs);
  const stopFaults = arena.startFaults((text) => view.tell(load.elapsedMs, text));
  const stopTelling = tellRefreshes(ours, view, load);
  show();
  await sleep(totalMs, signal);
  load.stop();
  if (!signal.aborted) await Promise.race([load.settled(patienceMs), sleep(patienceMs, signal)]);
  for (const stats of [ours.stats, sdk.stats]) stats.end({ brokenOff: signal.aborted });
  clearInterval(frames);
  stopFaults();
  for (const stop of stopTelling) stop();
  return show();
}

function tellRefreshes({ session }: Contestant, view: View, load: Load): (() => void)[] {
  if (!session) return [];
  const tell = (text: string): void => view.tell(load.elapsedMs, `brs ${text}`);
  return [
    session.on('refreshSucceeded', ({ window, durationMs, attempt }) =>
      tell(`refreshed in the ${window} window, in ${durationMs} ms${attempt > 1 ? `, attempt ${attempt}` : ''}`),
    ),
    session.on('refreshFailed', ({ window, attempt, nextTryAt, at }) =>
      tell(
        `refresh failed in the ${window} window, attempt ${attempt}; next try in ${nextTryAt.getTime() - at.getTime()} ms`,
      ),
    ),
    session.on('servedStale', ({ window }) => tell(`serves the set in hand in the ${window} window`)),
  ];
}

/** Resolves when the time is over or the signal aborts. */
function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const wake = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', wake);
      resolve();
    };
    const timer = setTimeout(wake, ms);
    signal.addEventListener('abort', wake, { once: true });
    if (signal.aborted) wake();
  });
}
