/** One moment of a run as plain data: everything that a view draws, and nothing else. */
import type { Arena, Contestant, CurrentSet } from './contestant.js';
import { type Phase, phaseAt } from './faults.js';
import type { SliceState, Totals } from './stats.js';

/** How things stand: `calm` needs nobody's attention, `busy` is a refresh under way, the others hurt somebody. */
export type Tone = 'calm' | 'busy' | 'warning' | 'trouble';

/** One side at one moment. */
export interface SideSnapshot {
  readonly title: string;
  readonly totals: Totals;
  readonly waiting: number;
  /** The set in use, and what is left of it in milliseconds. */
  readonly set?: CurrentSet & { readonly leftMs: number };
  readonly state: { readonly text: string; readonly tone: Tone };
  readonly history: readonly SliceState[];
}

/** Both sides at one moment. */
export interface Snapshot {
  readonly description: string;
  readonly elapsedMs: number;
  readonly totalMs: number;
  readonly phases: readonly Phase[];
  readonly phase?: Phase;
  readonly ours: SideSnapshot;
  readonly sdk: SideSnapshot;
}

/** What is said about a moment reaches so far back, so that a person can read it. */
const recentMs = 700;

/** Takes the picture. */
export function takeSnapshot(
  { description, phases, ours, sdk }: Pick<Arena, 'description' | 'phases' | 'ours' | 'sdk'>,
  totalMs: number,
  elapsedMs: number,
): Snapshot {
  const phase = phaseAt(phases, elapsedMs);
  return {
    description,
    elapsedMs: Math.min(elapsedMs, totalMs),
    totalMs,
    phases,
    ...(phase && { phase }),
    ours: side(ours, elapsedMs),
    sdk: side(sdk, elapsedMs),
  };
}

function side(contestant: Contestant, elapsedMs: number): SideSnapshot {
  const { title, stats } = contestant;
  const set = contestant.current();
  return {
    title,
    totals: stats.totals,
    waiting: stats.waiting,
    ...(set && { set: { ...set, leftMs: Math.max(0, set.expiresAt - Date.now()) } }),
    state: stateOf(contestant, elapsedMs),
    history: stats.history(elapsedMs),
  };
}

function stateOf({ stats, session }: Contestant, elapsedMs: number): SideSnapshot['state'] {
  const since = elapsedMs - recentMs;
  const failure = stats.failureSince(since);
  if (failure) return { text: `failing: ${failure}`, tone: 'trouble' };
  if (stats.isStuckSince(since)) return { text: 'no request is answered', tone: 'trouble' };
  if (stats.wasDelayedSince(since)) return { text: 'requests are delayed', tone: 'warning' };
  const status = session?.status();
  if (status?.failures) return { text: 'STS fails; no request notices', tone: 'busy' };
  if (status?.refreshing) return { text: 'refreshing; nobody waits', tone: 'busy' };
  return { text: 'all answered at once', tone: 'calm' };
}
