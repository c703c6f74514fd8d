/**
 * The conformance suite for strategies: what every strategy must do, run against one, under vitest, jest or `node:test`.
 * The strategy's own transport is in between; the suite sits at both ends of it.
 */
import * as nodeTest from 'node:test';
import type { ScenarioNeed } from './scenarios/scenario.js';
import { scenarios } from './scenarios/index.js';
import { runScenario } from './scenarios/run-scenario.js';
import type { ScriptedSource } from './scripted-source.js';
import { strategyChecks } from './strategy-checks.js';
import type { Strategy } from '@brs/core';

/** The two functions of a test runner that the suite needs. vitest, jest and `node:test` all have them. */
export interface TestRunner {
  describe(name: string, body: () => void): unknown;
  it(name: string, body: () => Promise<void>): unknown;
}

/** What the strategy, and the way the suite is connected to it, can do. What is not there is not tested. */
export interface StrategyCapabilities {
  /** The name of the suite in the report. Default: the strategy's own. */
  readonly name?: string;
  /** Refusals of the source reach the strategy so that it tells them from outages. Default true. */
  readonly terminal?: boolean;
  /** `Retry-After` reaches the strategy. Default false. */
  readonly retryAfter?: boolean;
  /** Sets without an expiration are passed on. Default false. */
  readonly undated?: boolean;
  /** Bad answers (half a set, an invalid or a past date, nothing) can be sent over the transport. Default true. */
  readonly badAnswers?: boolean;
  /** The source's own time, `sourceTime`, is passed on to the millisecond. Default false. */
  readonly sourceTime?: boolean;
  /** Answers can be held back and let go in any order, also after the question was aborted. Default false. */
  readonly gate?: boolean;
  /** The runner. Default: the `describe` and `it` of vitest or jest where they are global, else those of `node:test`. */
  readonly runner?: TestRunner;
}

/** Makes the strategy under test over a source; where it starts a server, `dispose` ends it after the test. */
export type StrategyFactory = (source: ScriptedSource) => Strategy | Disposable | Promise<Strategy | Disposable>;

/** A strategy with something to clean up. */
export interface Disposable {
  readonly strategy: Strategy;
  dispose(): void | Promise<void>;
}

/**
 * Defines the conformance tests of a strategy.
 *
 * The factory connects the strategy to the {@link ScriptedSource} that it is given: a fake server that answers with
 * `source.answer()`, and answers a `ScriptedFailure` of kind `recoverable` or `terminal` as the real service would.
 *
 * @throws Error under vitest without globals, when `runner` is not given.
 *
 * @example
 * ```ts
 * import { describeStrategy, scriptedStrategy } from '@brs/testkit';
 *
 * describeStrategy((source) => scriptedStrategy(source), { name: 'scripted' });
 * ```
 */
export function describeStrategy(factory: StrategyFactory, capabilities: StrategyCapabilities = {}): void {
  const { describe, it } = capabilities.runner ?? findRunner();
  const has: Record<ScenarioNeed, boolean> = {
    terminal: capabilities.terminal ?? true,
    'retry-after': capabilities.retryAfter ?? false,
    undated: capabilities.undated ?? false,
    'bad-answers': capabilities.badAnswers ?? true,
    'source-time': capabilities.sourceTime ?? false,
    gate: capabilities.gate ?? false,
  };
  const isPossible = ({ needs = [] }: { readonly needs?: readonly ScenarioNeed[] }): boolean =>
    needs.every((need) => has[need]);

  /** Runs a test with a strategy and cleans up after it, whatever happens. */
  const using = async (
    test: (overSource: (source: ScriptedSource) => Promise<Strategy>) => Promise<void>,
  ): Promise<void> => {
    const disposals: (() => void | Promise<void>)[] = [];
    try {
      await test(async (source) => {
        const made = await factory(source);
        if (!('strategy' in made)) return made;
        disposals.push(() => made.dispose());
        return made.strategy;
      });
    } finally {
      for (const dispose of disposals) await dispose();
    }
  };

  describe(`strategy${capabilities.name ? ` ${capabilities.name}` : ''}`, () => {
    describe('keeps the contract', () => {
      for (const check of strategyChecks.filter(isPossible))
        it(check.name, () => using((overSource) => check.run(overSource)));
    });
    describe('behaves under the refresh engine', () => {
      for (const scenario of scenarios.filter(isPossible)) {
        it(scenario.name, () => using((overSource) => runScenario(scenario, overSource)));
      }
    });
  });
}

function findRunner(): TestRunner {
  const { describe, it } = globalThis as Partial<TestRunner>;
  if (describe && it) return { describe, it };
  if (process.env.VITEST) {
    throw new Error(
      'vitest has no global describe and it: pass them, as in describeStrategy(factory, { runner: { describe, it } })',
    );
  }
  return nodeTest;
}
