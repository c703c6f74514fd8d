/**
 * A source of credentials that does what a test tells it: it answers, fails, refuses, hangs or waits at a gate. What it
 * gives carries its generation in every field, so that a set put together from two shows.
 */
import { type AcquiredCredentials, type Clock, defineStrategy, type Strategy } from '@brs/core';

/** What the source does when it is asked. */
export type SourceBehaviour =
  /** Answers with the next generation. */
  | 'succeeds'
  /** Fails in a way that may pass. */
  | 'fails'
  /** Refuses: asking again does not cure it. */
  | 'refuses'
  /** Never answers; ends only when it is aborted. */
  | 'hangs'
  /** Never answers, and does not listen when it is aborted. */
  | 'hangs-deaf'
  /** Answers when the test calls `open()`. */
  | 'waits'
  /** Answers with a set that has already expired. */
  | 'answers-expired'
  /** Answers with a set that has no expiration. */
  | 'answers-undated'
  /** Answers with a set whose expiration is an `Invalid Date`. */
  | 'answers-invalid-date'
  /** Answers with a set that lacks its session token. */
  | 'answers-half'
  /** Answers with nothing. */
  | 'answers-nothing'
  /** Must not be asked: doing so fails the test. */
  | 'must-not-be-asked';

/** What a scripted source throws, and what a strategy under test has to carry over its own transport. */
export class ScriptedFailure extends Error {
  override readonly name = 'ScriptedFailure';
  readonly kind: 'recoverable' | 'terminal';
  readonly retryAfterMs: number | undefined;

  constructor(kind: 'recoverable' | 'terminal', retryAfterMs?: number) {
    super(kind === 'terminal' ? 'the scripted source refuses' : 'the scripted source fails');
    this.kind = kind;
    this.retryAfterMs = retryAfterMs;
  }
}

/** How a {@link ScriptedSource} starts. */
export interface ScriptedSourceOptions {
  readonly clock: Clock;
  /** Lifetime of what it gives, in seconds. Default 3600. */
  readonly lifetimeSeconds?: number;
  /** How far the source's own clock is ahead of `clock`, in seconds; given with every answer. Default: it does not say. */
  readonly clockAheadSeconds?: number;
  readonly behaviour?: SourceBehaviour;
}

/** A source that is driven by a test. */
export class ScriptedSource {
  behaviour: SourceBehaviour;
  lifetimeSeconds: number;
  clockAheadSeconds: number | undefined;
  /** With `fails`: what the source asks for, in milliseconds. */
  retryAfterMs: number | undefined;
  readonly #clock: Clock;
  readonly #gates: (() => void)[] = [];
  #calls = 0;
  #generation = 0;
  #unexpected = 0;
  #blocked = 0;

  constructor({ clock, lifetimeSeconds = 3600, clockAheadSeconds, behaviour = 'succeeds' }: ScriptedSourceOptions) {
    this.#clock = clock;
    this.lifetimeSeconds = lifetimeSeconds;
    this.clockAheadSeconds = clockAheadSeconds;
    this.behaviour = behaviour;
  }

  /** How often the source was asked. */
  get calls(): number {
    return this.#calls;
  }

  /** How often it was asked while it must not be. */
  get unexpectedCalls(): number {
    return this.#unexpected;
  }

  /** How many calls are held at the gate or hang. */
  get blocked(): number {
    return this.#blocked;
  }

  /** Lets the oldest call that waits at the gate go on, with what `behaviour` says by now (`succeeds` if that is still `waits`). */
  open(): void {
    this.#gates.shift()?.();
  }

  /** Lets the newest call that waits at the gate go on. */
  openNewest(): void {
    this.#gates.pop()?.();
  }

  /** Asks the source. */
  async answer(signal?: AbortSignal): Promise<AcquiredCredentials> {
    signal?.throwIfAborted();
    this.#calls++;
    // A generation belongs to the question, so that an older answer that comes late can be told from a newer one.
    const generation = this.#generation + 1;
    let behaviour = this.behaviour;
    if (behaviour === 'waits') {
      this.#generation = generation;
      await this.#block(new Promise<void>((resolve) => this.#gates.push(resolve)));
      behaviour = this.behaviour === 'waits' ? 'succeeds' : this.behaviour;
      if (behaviour === 'succeeds') return this.#set(generation, this.lifetimeSeconds);
    }
    switch (behaviour) {
      case 'fails':
        throw new ScriptedFailure('recoverable', this.retryAfterMs);
      case 'refuses':
        throw new ScriptedFailure('terminal');
      case 'hangs':
        return this.#block(
          new Promise((_, reject) => {
            signal?.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
          }),
        );
      case 'hangs-deaf':
        return this.#block(new Promise(() => undefined));
      case 'must-not-be-asked':
        this.#unexpected++;
        throw new Error('the source was asked and must not be');
      case 'answers-nothing':
        return undefined as never;
      default: // The others answer with a set, or with what is left of one.
    }
    // An answer that was held at the gate may come when there are newer ones: the count never goes back.
    this.#generation = Math.max(this.#generation, generation);
    const set = this.#set(generation, behaviour === 'answers-expired' ? -1 : this.lifetimeSeconds);
    if (behaviour === 'answers-undated') return { ...set, expiration: undefined };
    if (behaviour === 'answers-invalid-date') return { ...set, expiration: new Date(NaN) };
    if (behaviour === 'answers-half') return { ...set, sessionToken: undefined as never };
    return set;
  }

  async #block<Value>(held: Promise<Value>): Promise<Value> {
    this.#blocked++;
    try {
      return await held;
    } finally {
      this.#blocked--;
    }
  }

  #set(generation: number, lifetimeSeconds: number): AcquiredCredentials {
    const { clockAheadSeconds } = this;
    const sourceNow = this.#clock.now() + (clockAheadSeconds ?? 0) * 1000;
    return {
      accessKeyId: `ASIAGENERATION${generation}`,
      secretAccessKey: `secret-of-generation-${generation}`,
      sessionToken: `token-of-generation-${generation}`,
      expiration: new Date(sourceNow + lifetimeSeconds * 1000),
      ...(clockAheadSeconds !== undefined && { sourceTime: new Date(sourceNow) }),
    };
  }
}

/** The generation of a set from a scripted source; throws when its fields are of different ones. */
export function generationOf(set: { accessKeyId: string; secretAccessKey: string; sessionToken: string }): number {
  const generations = [set.accessKeyId, set.secretAccessKey, set.sessionToken].map((text) =>
    Number(/\d+$/.exec(text)?.[0]),
  );
  const [first] = generations;
  if (first === undefined || !Number.isInteger(first) || generations.some((other) => other !== first)) {
    throw new Error(`a set of credentials is torn: its fields are of the generations ${generations.join(', ')}`);
  }
  return first;
}

/** A strategy straight over a scripted source. */
export function scriptedStrategy(source: ScriptedSource, more: Partial<Strategy> = {}): Strategy {
  return defineStrategy({
    name: 'scripted',
    acquire: ({ signal }) => source.answer(signal),
    classify: (error) => {
      if (!(error instanceof ScriptedFailure)) return { kind: 'recoverable' };
      if (error.kind === 'terminal') return { kind: 'terminal', hint: 'The script says so.' };
      return { kind: 'recoverable', retryAfterMs: error.retryAfterMs };
    },
    ...more,
  });
}
