/**
 * When STS fails and how. Each failure begins the moment before the session is about to refresh, where there is room for
 * that: a failure that nobody meets would show nothing.
 */
import type { Fault } from '@brs/testkit';

/** A time in which STS fails. Instants in milliseconds from the beginning of the load. */
export interface Phase {
  readonly name: 'outage' | 'throttling' | 'hang';
  /** What STS does in it. */
  readonly meaning: string;
  readonly startMs: number;
  readonly endMs: number;
}

/** What a timeline needs to be played. */
export interface Stage {
  /** Makes STS fail. */
  inject(fault: Fault): unknown;
  /** Milliseconds until the session will refresh; not positive while it does. */
  untilRefreshMs(): number;
  /** Tells what has just begun. */
  tell(text: string): void;
}

const kinds = [
  { name: 'outage', meaning: 'STS answers every call with 503', at: 0.25 },
  { name: 'throttling', meaning: 'STS answers every call with Throttling', at: 0.5 },
  { name: 'hang', meaning: 'STS accepts every call and never answers it', at: 0.75 },
] as const;

const faults: Record<Phase['name'], Fault> = {
  outage: { service: 'sts', kind: 'error', status: 503, code: 'ServiceUnavailable' },
  throttling: { service: 'sts', kind: 'throttle' },
  hang: { service: 'sts', kind: 'hang' },
};

/** After so long the failures come again. */
const cycleMs = 40_000;
/** How long each lasts; less in a run that is shorter than a cycle. */
const lengthMs = 2_000;
/** How long before the refresh each begins. */
const leadMs = 100;
/** While a refresh is under way it is too late for that one: so much later the next one is looked for. */
const lookAgainMs = 200;

/** The failures of one run. */
export class FaultTimeline {
  readonly #totalMs: number;
  readonly #phases: Phase[] = [];

  constructor(totalMs: number) {
    this.#totalMs = totalMs;
    const periodMs = Math.min(totalMs, cycleMs);
    const phaseMs = (lengthMs * periodMs) / cycleMs;
    for (let cycleStart = 0; cycleStart < totalMs; cycleStart += periodMs) {
      for (const { name, meaning, at } of kinds) {
        const startMs = cycleStart + at * periodMs;
        const endMs = startMs + phaseMs;
        if (endMs <= totalMs) this.#phases.push({ name, meaning, startMs, endMs });
      }
    }
  }

  /** Where each failure stands: those to come may still move. */
  get phases(): readonly Phase[] {
    return this.#phases;
  }

  /** Lets STS fail from now on as planned. The function that comes back calls the rest off. */
  play(stage: Stage): () => void {
    const timers = new Set<NodeJS.Timeout>();
    const after = (ms: number, action: () => void): void => void timers.add(setTimeout(action, ms));
    const aimAndBegin = (index: number): void => {
      const untilRefreshMs = stage.untilRefreshMs();
      const laterMs = untilRefreshMs > leadMs ? untilRefreshMs - leadMs : lookAgainMs;
      if (!this.#postpone(index, laterMs)) begin(index);
      else if (untilRefreshMs > leadMs) after(laterMs, () => begin(index));
      else after(laterMs, () => aimAndBegin(index));
    };
    const begin = (index: number): void => {
      const { name, meaning, startMs, endMs } = this.#phases[index] as Phase;
      const forMs = endMs - startMs;
      stage.inject({ ...faults[name], forMs });
      stage.tell(`${name} for ${(forMs / 1000).toFixed(1)} s: ${meaning}`);
      after(forMs, () => stage.tell('STS is well again'));
    };
    this.#phases.forEach(({ startMs }, index) => after(startMs, () => aimAndBegin(index)));
    return () => timers.forEach((timer) => clearTimeout(timer));
  }

  /** Moves a failure so much later and says true, unless it would run into the next one. */
  #postpone(index: number, laterMs: number): boolean {
    const phase = this.#phases[index] as Phase;
    const latestEndMs = this.#phases[index + 1]?.startMs ?? this.#totalMs;
    if (phase.endMs + laterMs > latestEndMs) return false;
    this.#phases[index] = { ...phase, startMs: phase.startMs + laterMs, endMs: phase.endMs + laterMs };
    return true;
  }
}

/** The failure at an instant, or `undefined` while STS is well. */
export function phaseAt(phases: readonly Phase[], elapsedMs: number): Phase | undefined {
  return phases.find(({ startMs, endMs }) => elapsedMs >= startMs && elapsedMs < endMs);
}
