/** Carries out a scenario against a session and says where it went otherwise than expected. */
import { AssertionError } from 'node:assert';
import { isSessionError, RefreshableSession, type SessionEventName, sessionEventNames, type Strategy } from '@brs/core';
import { ManualClock, settled } from '../manual-clock.js';
import { generationOf, ScriptedSource, scriptedStrategy } from '../scripted-source.js';
import { patienceMs, within } from '../within.js';
import type { ExpectedResult, Scenario } from './scenario.js';

/** Makes the strategy under test over the source of the scenario. Whatever transport lies between is the strategy's own. */
export type StrategyOverSource = (source: ScriptedSource) => Strategy | Promise<Strategy>;

interface Call {
  readonly abort: AbortController;
  result: ExpectedResult | undefined;
  readonly done: Promise<void>;
}

/**
 * Runs one scenario, by default against the engine with a strategy straight over the scripted source.
 *
 * @throws AssertionError naming the scenario, the step and what came instead.
 *
 * @example
 * ```ts
 * import { runScenario, scenarios } from '@brs/testkit';
 *
 * for (const scenario of scenarios) await runScenario(scenario);
 * ```
 */
export async function runScenario(
  scenario: Scenario,
  overSource: StrategyOverSource = scriptedStrategy,
): Promise<void> {
  const { lifetime = 900, clockAhead, random = 0, session: options } = scenario.given ?? {};
  const clock = new ManualClock();
  const start = clock.now();
  const source = new ScriptedSource({
    clock,
    lifetimeSeconds: lifetime,
    ...(clockAhead !== undefined && { clockAheadSeconds: clockAhead }),
  });
  const strategy = await overSource(source);
  const session = new RefreshableSession({ ...options, strategy, clock, random: () => random });
  const emitted = new Set<SessionEventName>();
  for (const name of sessionEventNames) session.on(name, () => void emitted.add(name));
  const calls = new Map<string, Call>();
  let jumped = 0;

  /** Waits until the source has answered, or is known not to. */
  const quiet = async (): Promise<void> => {
    const end = Date.now() + patienceMs;
    do await settled();
    while (session.status().refreshing && source.blocked === 0 && Date.now() < end);
  };
  const call = (forced = false): Call => {
    const abort = new AbortController();
    const begun: Call = {
      abort,
      result: undefined,
      done: session.getCredentials({ forceRefresh: forced, signal: abort.signal }).then(
        (set) => void (begun.result = generationOf(set)),
        (error: unknown) => {
          if (isSessionError(error)) begun.result = error.code;
          else if (abort.signal.aborted && error === abort.signal.reason) begun.result = 'cancelled';
          else throw error;
        },
      ),
    };
    begun.done.catch(() => undefined); // Looked at by the step that expects something of the call.
    return begun;
  };

  let number = 0;
  try {
    await quiet();
    for (const step of scenario.steps) {
      number++;
      const check = (what: string, actual: unknown, expected: unknown): void => {
        if (Object.is(actual, expected)) return;
        throw new AssertionError({
          message: `${scenario.name}: step ${number} ${JSON.stringify(step)}: ${what} is ${String(actual)}, expected ${String(expected)}`,
          actual,
          expected,
        });
      };
      const callBefore = source.calls;
      const checkContact = (expected: boolean | undefined): void => {
        if (expected !== undefined) check('calls of the source', source.calls - callBefore, expected ? 1 : 0);
      };
      const called = (name: string): Call => {
        const found = calls.get(name);
        if (!found) throw new Error(`${scenario.name}: step ${number}: no call named '${name}' has begun`);
        return found;
      };

      if ('at' in step) await clock.advance(start + jumped + step.at * 1000 - clock.now());
      else if ('clockJumps' in step) {
        jumped += step.clockJumps * 1000;
        clock.jump(step.clockJumps * 1000);
      } else if ('source' in step) source.behaviour = step.source;
      else if ('lifetime' in step) source.lifetimeSeconds = step.lifetime;
      else if ('retryAfter' in step) source.retryAfterMs = step.retryAfter * 1000;
      else if ('open' in step) {
        if (step.open === 'oldest') source.open();
        else source.openNewest();
      } else if ('invalidate' in step) session.invalidate(`ASIAGENERATION${step.invalidate}`);
      else if ('cancel' in step) called(step.cancel).abort.abort();
      else if ('close' in step) await session.close();
      else if ('begin' in step) {
        if (step.window) check('the window', session.status().window, step.window);
        calls.set(step.begin, call(step.forced));
        await quiet();
        checkContact(step.contacted);
      } else if ('get' in step) {
        if (step.window) check('the window', session.status().window, step.window);
        const callers = Array.from({ length: step.callers ?? 1 }, () => call(step.forced));
        await within(Promise.all(callers.map(({ done }) => done)), `${scenario.name}: step ${number}`);
        await quiet();
        for (const { result } of callers) check('the result', result, step.get);
        checkContact(step.contacted);
      } else if ('pending' in step) check('the result so far', called(step.pending).result, undefined);
      else if ('given' in step) {
        await within(called(step.given).done, `${scenario.name}: step ${number}`);
        check('the result', called(step.given).result, step.result);
      } else if ('event' in step) check(`${step.event} emitted`, emitted.delete(step.event), true);
      else if ('noEvent' in step) check(`${step.noEvent} emitted`, emitted.delete(step.noEvent), false);
      else if ('calls' in step) check('calls of the source', source.calls, step.calls);
      else if ('clockOffset' in step) check('the offset', session.status().clockOffsetMs, step.clockOffset * 1000);
      else {
        const { expiresAt, advisoryAt, mandatoryAt } = session.status();
        const before = (instant?: Date): number => Math.round(Number(expiresAt) - Number(instant)) / 1000;
        check('the advisory window', before(advisoryAt), Math.round(step.windows.advisory * 1000) / 1000);
        check('the mandatory window', before(mandatoryAt), Math.round(step.windows.mandatory * 1000) / 1000);
      }
      await quiet();
      check('calls while the source must not be asked', source.unexpectedCalls, 0);
    }
  } finally {
    await session.close();
  }
}
