import { describe, expect, it } from 'vitest';
import { describeStrategy, type StrategyFactory } from '../src/describe-strategy.js';
import { scriptedStrategy } from '../src/scripted-source.js';

describeStrategy(scriptedStrategy, {
  name: 'scripted',
  retryAfter: true,
  undated: true,
  sourceTime: true,
  gate: true,
  runner: { describe, it },
});

describe('describeStrategy', () => {
  /** Runs the suite, or one test of it, without a runner around it and gives the names of what failed. */
  async function failuresOf(factory: StrategyFactory, only = ''): Promise<string[]> {
    const tests: [string, () => Promise<void>][] = [];
    describeStrategy(factory, {
      runner: { describe: (_, body) => body(), it: (name, body) => void tests.push([name, body]) },
    });
    const failed: string[] = [];
    for (const [name, body] of tests.filter(([name]) => name.startsWith(only)))
      await body().catch(() => failed.push(name));
    return failed;
  }

  it('passes a good strategy', async () => {
    expect(await failuresOf(scriptedStrategy)).toEqual([]);
  });

  it('fails a strategy that keeps its answers', async () => {
    const failed = await failuresOf((source) => {
      const strategy = scriptedStrategy(source);
      const kept = new Map<string, ReturnType<typeof strategy.acquire>>();
      return {
        ...strategy,
        acquire: (context) => kept.get('set') ?? kept.set('set', strategy.acquire(context)).get('set')!,
      };
    });
    expect(failed).toContain('asks its source once each time, and keeps nothing');
  });

  it('fails a strategy that tries again by itself', async () => {
    const failed = await failuresOf((source) => {
      const strategy = scriptedStrategy(source);
      return { ...strategy, acquire: (context) => strategy.acquire(context).catch(() => strategy.acquire(context)) };
    });
    expect(failed).toContain(
      'asks once also when the source fails and there is a set in hand: trying again is the engine’s',
    );
  });

  it('fails a strategy that does not listen to its signal', async () => {
    const failed = await failuresOf(
      (source) => ({
        ...scriptedStrategy(source),
        acquire: () => source.answer(),
      }),
      'ends when',
    );
    expect(failed).toEqual(['ends when it is aborted']);
  }, 30_000);

  it('fails a strategy that takes every failure for one that may pass', async () => {
    const failed = await failuresOf((source) =>
      scriptedStrategy(source, { classify: () => ({ kind: 'recoverable' }) }),
    );
    expect(failed).toContain('classifies a refusal as terminal, with a hint');
  });

  it('fails a strategy that shows a secret', async () => {
    const failed = await failuresOf((source) => {
      const strategy = scriptedStrategy(source);
      let last: unknown;
      return {
        ...strategy,
        get last() {
          return last;
        },
        acquire: async (context) => {
          const set = await strategy.acquire(context);
          last = set;
          return set;
        },
      };
    });
    expect(failed).toContain('shows no secret: not of itself, not of an error');
  });

  it('cleans up after each test', async () => {
    let open = 0;
    await failuresOf((source) => {
      open++;
      return { strategy: scriptedStrategy(source), dispose: () => void open-- };
    });
    expect(open).toBe(0);
  });
});
