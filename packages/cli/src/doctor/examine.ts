/** Runs the checks: each as soon as those are done that it needs, all of them within one limit of time. */
import type { Check, Finding } from './check.js';
import { failureOf } from './failure.js';
import type { Patient } from './patient.js';
import type { Progress } from './progress.js';

/** What became of a check. */
export interface Result extends Finding {
  readonly name: string;
  readonly title: string;
  /** The check that has failed, where this one was not reached because of it. */
  readonly because?: string;
  /** How long it took, in whole milliseconds. */
  readonly ms: number;
}

/** Runs the checks; the results are in their order. */
export function examine(checks: readonly Check[], patient: Patient, progress?: Progress): Promise<Result[]> {
  const results = new Map<string, Promise<Result>>();
  for (const check of checks) {
    const needed = (check.needs ?? []).flatMap((name) => results.get(name) ?? []);
    results.set(check.name, undergo(check, needed, patient, progress));
  }
  return Promise.all(results.values());
}

async function undergo(
  check: Check,
  needed: readonly Promise<Result>[],
  patient: Patient,
  progress: Progress | undefined,
): Promise<Result> {
  const { name, title } = check;
  const before = await Promise.all(needed);
  const start = performance.now();
  const blocking = before.find(({ state }) => state === 'failed' || state === 'not reached');
  if (blocking) return { name, title, ...unreached(blocking), ms: 0 };
  progress?.began(title);
  const finding = await within(patient, check);
  progress?.ended(title);
  return { name, title, ...finding, ms: Math.round(performance.now() - start) };
}

function unreached({ name, title, because, found }: Result): Finding & { because: string } {
  return { state: 'not reached', ...(because ? { found, because } : { found: `because of: ${title}`, because: name }) };
}

async function within(patient: Patient, check: Check): Promise<Finding> {
  const { deadline } = patient;
  if (deadline.aborted) return overdue(patient, 'was not reached');
  let end = (): void => undefined;
  const timeIsUp = new Promise<Finding>((resolve) => {
    end = () => resolve(overdue(patient, 'had no result'));
    deadline.addEventListener('abort', end);
  });
  try {
    return await Promise.race([
      Promise.resolve()
        .then(() => check.run(patient))
        .catch(failureOf),
      timeIsUp,
    ]);
  } finally {
    deadline.removeEventListener('abort', end);
  }
}

function overdue({ limitSeconds }: Patient, what: string): Finding {
  return {
    state: what === 'had no result' ? 'failed' : 'not reached',
    found: `It ${what} within ${limitSeconds} s.`,
    advice: 'Give it more time: --timeout 120.',
    code: 'TIME_LIMIT',
  };
}

/** What a person wants to know first: the first failure, else the first warning, else what could not be looked at. */
export function firstCause(results: readonly Result[]): Result | undefined {
  const first = (wanted: Result['state']): Result | undefined => results.find(({ state }) => state === wanted);
  return first('failed') ?? first('warning') ?? first('not reached');
}
