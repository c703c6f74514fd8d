/** Properties of the refresh engine over random histories: what holds whatever happens in whatever order. */
import { isSessionError, RefreshableSession } from '@brs/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ManualClock, settled } from '../src/manual-clock.js';
import { generationOf, ScriptedSource, scriptedStrategy, type SourceBehaviour } from '../src/scripted-source.js';

type Operation =
  | { readonly do: 'get' }
  | { readonly do: 'force' }
  | { readonly do: 'invalidate' }
  | { readonly do: 'open' }
  | { readonly do: 'source'; readonly behaviour: SourceBehaviour }
  | { readonly do: 'advance'; readonly share: number };

const operation: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 8, arbitrary: fc.constant<Operation>({ do: 'get' }) },
  { weight: 1, arbitrary: fc.constant<Operation>({ do: 'force' }) },
  { weight: 1, arbitrary: fc.constant<Operation>({ do: 'invalidate' }) },
  { weight: 2, arbitrary: fc.constant<Operation>({ do: 'open' }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('source' as const),
      behaviour: fc.constantFrom<SourceBehaviour>(
        'succeeds',
        'fails',
        'refuses',
        'hangs',
        'hangs-deaf',
        'waits',
        'answers-expired',
        'answers-half',
      ),
    }),
  },
  // A share of the lifetime: mostly small steps, now and then past the end of it.
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('advance' as const),
      share: fc.oneof(
        fc.double({ min: 0.0001, max: 0.1, noNaN: true }),
        fc.double({ min: 0.1, max: 1.2, noNaN: true }),
      ),
    }),
  },
);

const lifetime = fc.constantFrom(1, 5, 60, 299, 301, 900, 1201, 5400);
const random = fc.double({ min: 0, max: 0.999999, noNaN: true });
const mode = fc.constantFrom('background' as const, 'await' as const);

/** Watches a source: how many questions are open at once, aborted ones apart. */
function watched(source: ScriptedSource): { strategy: ReturnType<typeof scriptedStrategy>; mostAtOnce: () => number } {
  const open = new Set<AbortSignal>();
  let most = 0;
  const inner = scriptedStrategy(source);
  return {
    mostAtOnce: () => most,
    strategy: {
      ...inner,
      async acquire(context) {
        open.add(context.signal);
        most = Math.max(most, [...open].filter(({ aborted }) => !aborted).length);
        try {
          return await inner.acquire(context);
        } finally {
          open.delete(context.signal);
        }
      },
    },
  };
}

describe('the refresh engine, over random histories', () => {
  it('flies once at a time, never gives an expired or an older set, and does not storm its source', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({ lifetime, random, mode, proactive: fc.boolean() }),
        fc.array(operation, { minLength: 5, maxLength: 60 }),
        async ({ lifetime: seconds, random: chance, mode: advisoryRefresh, proactive }, operations) => {
          const clock = new ManualClock();
          const start = clock.now();
          const source = new ScriptedSource({ clock, lifetimeSeconds: seconds });
          const { strategy, mostAtOnce } = watched(source);
          const session = new RefreshableSession({
            strategy,
            clock,
            random: () => chance,
            advisoryRefresh,
            deferRefresh: !proactive,
          });
          let newest = 0;
          let generations = 0;
          let unlimited = 1; // Calls of the source that no backoff limits: the user's own, and those with nothing in hand.
          const waits: Promise<void>[] = [];
          const get = (forceRefresh: boolean): void => {
            if (forceRefresh || session.status().window === 'empty') unlimited++;
            const promise = session.getCredentials({ forceRefresh }).then(
              (set) => {
                const generation = generationOf(set);
                expect(set.expiration!.getTime(), 'an expired set was given').toBeGreaterThan(clock.now());
                expect(generation, 'an older set was given after a newer one').toBeGreaterThanOrEqual(newest);
                newest = generation;
              },
              (error: unknown) => {
                expect(isSessionError(error), 'an error of no known class').toBe(true);
              },
            );
            waits.push(promise);
          };
          session.on('refreshSucceeded', () => void generations++);

          for (const step of operations) {
            if (step.do === 'get') get(false);
            else if (step.do === 'force') get(true);
            else if (step.do === 'open') source.open();
            else if (step.do === 'source') source.behaviour = step.behaviour;
            else if (step.do === 'advance') await clock.advance(step.share * seconds * 1000);
            else if (newest > 0) {
              session.invalidate(`ASIAGENERATION${newest}`);
              unlimited++;
            }
            await settled();
          }
          const elapsedSeconds = (clock.now() - start) / 1000;
          await session.close();
          await Promise.all(waits);

          expect(mostAtOnce(), 'flights at once').toBeLessThanOrEqual(1);
          // The stated bound: one call for each second of the backoff's scale, and three for each generation, because
          // a try may be pulled forward to the opening of the mandatory window and to the expiry.
          const scale = Math.min(1, (seconds * 0.75) / 300, seconds <= 1200 ? 1 : Infinity);
          const bound = unlimited + elapsedSeconds / scale + 3 * generations + 3;
          expect(source.calls, 'calls of the source').toBeLessThanOrEqual(bound);
        },
      ),
      { numRuns: 1000 },
    );
  }, 60_000);

  it('fails no caller when the source recovers before the last tenth of the mandatory window', async () => {
    const outage = fc.constantFrom<SourceBehaviour>('fails', 'hangs', 'hangs-deaf', 'answers-expired', 'answers-half');
    // Shares of the lifetime: anywhere in it, and often around its end, where it is hardest.
    const mostlyLate = fc.oneof(
      fc.double({ min: 0, max: 1.3, noNaN: true }),
      fc.double({ min: 0.88, max: 1.02, noNaN: true }),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          lifetime,
          random,
          outage,
          proactive: fc.boolean(),
          from: mostlyLate,
          until: fc.double({ min: 0, max: 1, noNaN: true }),
          calls: fc.array(mostlyLate, { minLength: 5, maxLength: 60 }),
        }),
        async ({ lifetime: seconds, random: chance, outage: behaviour, proactive, from, until, calls }) => {
          const clock = new ManualClock();
          const start = clock.now();
          const source = new ScriptedSource({ clock, lifetimeSeconds: seconds });
          const session = new RefreshableSession({
            strategy: scriptedStrategy(source),
            clock,
            random: () => chance,
            deferRefresh: !proactive,
          });
          await session.getCredentials();
          const mandatory = Number(session.status().expiresAt) - Number(session.status().mandatoryAt);
          const lastTenth = seconds * 1000 - mandatory / 10;
          const outageStart = Math.min(from, 0.99) * lastTenth;
          const outageEnd = outageStart + until * (lastTenth - outageStart) * 0.999;
          const to = async (ms: number): Promise<void> => clock.advance(start + ms - clock.now());

          const events = [
            ...calls.map((share) => ({ at: share * seconds * 1000, run: () => void waits.push(call()) })),
            { at: outageStart, run: () => void (source.behaviour = behaviour) },
            { at: outageEnd, run: () => void (source.behaviour = 'succeeds') },
          ].sort((a, b) => a.at - b.at);
          const failures: unknown[] = [];
          const waits: Promise<void>[] = [];
          const call = async (): Promise<void> => {
            try {
              const set = await session.getCredentials();
              expect(set.expiration!.getTime()).toBeGreaterThan(clock.now());
            } catch (error) {
              failures.push(error);
            }
          };
          for (const { at, run } of events) {
            await to(Math.max(at, clock.now() - start));
            run();
            await settled();
          }
          await to(seconds * 2000);
          await Promise.all(waits);
          await session.close();
          expect(failures).toEqual([]);
        },
      ),
      { numRuns: 1000 },
    );
  }, 60_000);

  it('asks at most six times in an outage of a minute, however many callers there are', async () => {
    const clock = new ManualClock();
    const source = new ScriptedSource({ clock, lifetimeSeconds: 900 });
    const session = new RefreshableSession({ strategy: scriptedStrategy(source), clock, random: () => 0 });
    await session.getCredentials();
    await clock.advance(600_000);
    source.behaviour = 'fails';
    for (let call = 0; call < 6000; call++) {
      await Promise.all([session.getCredentials(), session.getCredentials()]);
      await clock.advance(10);
    }
    expect(source.calls - 1).toBe(6);
    await session.close();
  });
});
