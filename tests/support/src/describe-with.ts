/** Suites for what a machine may not have. Vitest runs the body of a suite also where it skips the suite. */
import { suite } from 'vitest';

/** A suite that is handed what it needs, and is skipped, its body with it, where that is missing. */
export function describeWith<Needed>(
  name: string,
  needed: Needed | undefined,
  body: (needed: Needed) => void | Promise<void>,
): void {
  const run = needed === undefined ? suite.skip : suite;
  run(name, () => (needed === undefined ? undefined : body(needed)));
}
