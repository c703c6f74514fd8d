/** What a strategy must do when it is asked directly, without an engine in front. */
import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { type AcquireContext, CONTRACT_VERSION, type Strategy } from '@brs/core';
import { ManualClock } from './manual-clock.js';
import type { ScenarioNeed } from './scenarios/scenario.js';
import { within } from './within.js';
import { generationOf, ScriptedSource, type SourceBehaviour } from './scripted-source.js';

/** One check of the contract. */
export interface StrategyCheck {
  readonly name: string;
  readonly needs?: readonly ScenarioNeed[];
  run(overSource: (source: ScriptedSource) => Promise<Strategy>): Promise<void>;
}

function check(
  name: string,
  behaviour: SourceBehaviour,
  test: (strategy: Strategy, source: ScriptedSource) => Promise<void>,
  needs: readonly ScenarioNeed[] = [],
): StrategyCheck {
  return {
    name,
    needs,
    async run(overSource) {
      const source = new ScriptedSource({ clock: new ManualClock(Date.now()), behaviour });
      const strategy = await overSource(source);
      try {
        await within(test(strategy, source), name);
      } finally {
        await strategy.close?.();
      }
    },
  };
}

function asked(signal: AbortSignal = new AbortController().signal): AcquireContext {
  return { reason: 'initial', signal };
}

async function rejection(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => assert.fail('acquire must reject, and it answered'),
    (error: unknown) => error,
  );
}

/** Everything that a value shows of itself. */
function shown(value: unknown): string {
  return [
    inspect(value, { depth: 8, showHidden: true }),
    String(JSON.stringify(value)),
    value instanceof Error ? `${value.message} ${value.stack}` : '',
  ].join('\n');
}

const secrets = /secret-of-generation|token-of-generation/;

export const strategyChecks: readonly StrategyCheck[] = [
  check('states the version of the contract and a name', 'succeeds', async (strategy) => {
    assert.equal(strategy.contractVersion, CONTRACT_VERSION);
    assert.ok(typeof strategy.name === 'string' && strategy.name !== '');
  }),
  check('hands on what the source gives: all of one set, with its expiration', 'succeeds', async (strategy, source) => {
    const before = Date.now();
    const set = await strategy.acquire(asked());
    assert.equal(generationOf(set), 1);
    assert.ok(set.expiration instanceof Date, 'expiration must be a Date');
    const lifetimeMs = set.expiration.getTime() - before;
    assert.ok(Math.abs(lifetimeMs - source.lifetimeSeconds * 1000) < 60_000, `the expiration is ${lifetimeMs} ms away`);
  }),
  check('asks its source once each time, and keeps nothing', 'succeeds', async (strategy, source) => {
    assert.equal(generationOf(await strategy.acquire(asked())), 1);
    assert.equal(source.calls, 1);
    assert.equal(generationOf(await strategy.acquire({ ...asked(), reason: 'advisory' })), 2);
    assert.equal(source.calls, 2);
  }),
  check(
    'asks once also when the source fails and there is a set in hand: trying again is the engine’s',
    'fails',
    async (strategy, source) => {
      await rejection(strategy.acquire({ ...asked(), reason: 'advisory' }));
      assert.equal(source.calls, 1);
    },
  ),
  check('answers questions that are asked at once, each with its own set', 'succeeds', async (strategy) => {
    const sets = await Promise.all(Array.from({ length: 5 }, () => strategy.acquire(asked())));
    assert.deepEqual(
      sets.map(generationOf).sort((one, other) => one - other),
      [1, 2, 3, 4, 5],
    );
  }),
  check('ends when it is aborted', 'hangs', async (strategy, source) => {
    const abort = new AbortController();
    const rejected = rejection(strategy.acquire(asked(abort.signal)));
    for (let turns = 0; source.calls === 0 && turns < 10_000; turns++)
      await new Promise((resolve) => setImmediate(resolve));
    abort.abort();
    await rejected;
  }),
  check('does not ask when it is aborted already', 'hangs', async (strategy) => {
    await rejection(strategy.acquire(asked(AbortSignal.abort())));
  }),
  check('classifies an outage as recoverable', 'fails', async (strategy) => {
    const failure = strategy.classify(await rejection(strategy.acquire(asked())));
    assert.equal(failure.kind, 'recoverable');
  }),
  check(
    'classifies a refusal as terminal, with a hint',
    'refuses',
    async (strategy) => {
      const failure = strategy.classify(await rejection(strategy.acquire(asked())));
      assert.equal(failure.kind, 'terminal');
      assert.ok(failure.hint, 'a terminal failure must say what to do');
    },
    ['terminal'],
  ),
  check('classifies whatever was thrown without throwing itself', 'succeeds', async (strategy) => {
    for (const thrown of [
      undefined,
      null,
      'text',
      7,
      {},
      Object.create(null),
      new Error(''),
      new TypeError('fetch failed'),
      [],
    ]) {
      assert.match(strategy.classify(thrown).kind, /^(recoverable|terminal)$/);
    }
  }),
  check('shows no secret: not of itself, not of an error', 'succeeds', async (strategy, source) => {
    await strategy.acquire(asked());
    assert.doesNotMatch(shown(strategy), secrets);
    for (const behaviour of ['fails', 'refuses'] as const) {
      source.behaviour = behaviour;
      const error = await rejection(strategy.acquire(asked()));
      assert.doesNotMatch(shown(error), secrets);
      assert.doesNotMatch(shown(strategy.classify(error)), secrets);
    }
  }),
  ...(['answers-half', 'answers-nothing'] as const).map((behaviour) =>
    check(
      `shows no secret of a bad answer (${behaviour})`,
      behaviour,
      async (strategy) => {
        // Whether the strategy or the engine refuses such an answer is open; that nothing of it is shown is not.
        const outcome = await strategy.acquire(asked()).catch((error: unknown) => error);
        if (outcome instanceof Error) assert.doesNotMatch(shown(outcome), secrets);
      },
      ['bad-answers'],
    ),
  ),
];
