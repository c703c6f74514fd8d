/** A moment of a run for the tests of the views. */
import { FaultTimeline, phaseAt } from '../faults.js';
import type { SideSnapshot, Snapshot } from '../snapshot.js';
import type { SliceState } from '../stats.js';

const past = (states: Record<number, SliceState>, otherwise: SliceState): SliceState[] =>
  Array.from({ length: 40 }, (_, index) => (index > 10 ? 'idle' : (states[index] ?? otherwise)));

const ours: SideSnapshot = {
  title: 'RefreshableSession',
  totals: { requests: 1050, failed: 0, delayed: 0, refreshes: 3, sourceCalls: 4 },
  waiting: 0,
  set: { expiresAt: 0, lifetimeMs: 8000, advisoryMs: 6000, mandatoryMs: 800, leftMs: 4000 },
  state: { text: 'STS fails; no request notices', tone: 'busy' },
  history: past({}, 'good'),
};

const sdk: SideSnapshot = {
  title: 'fromTemporaryCredentials',
  totals: { requests: 1050, failed: 21, delayed: 1029, refreshes: 260, sourceCalls: 271 },
  waiting: 17,
  set: { expiresAt: 0, lifetimeMs: 8000, mandatoryMs: 8000, leftMs: 7000 },
  state: { text: 'failing: ServiceUnavailable', tone: 'trouble' },
  history: past({ 10: 'failed' }, 'delayed'),
};

const { phases } = new FaultTimeline(40_000);
const phase = phaseAt(phases, 10_500);

/** Ten and a half seconds into a run of forty, in the outage. */
export const sample: Snapshot = {
  description: 'Credentials live 8 s.',
  elapsedMs: 10_500,
  totalMs: 40_000,
  phases,
  ...(phase && { phase }),
  ours,
  sdk,
};
