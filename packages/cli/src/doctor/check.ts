/** What a check is, and what it can find. A check looks at one thing, changes nothing, and is a file of its own in `checks/`. */
import type { Patient } from './patient.js';

/** What a check has found out. */
export interface Finding {
  /**
   * `warning` works, and may not tomorrow or for others. `not reached` could not be looked at: because of another check,
   * or because a person would have to be asked.
   */
  readonly state: 'ok' | 'warning' | 'failed' | 'not applicable' | 'not reached';
  /** What is there, or what is wrong. Never a secret. */
  readonly found: string;
  /** What to do about it: a command, or a sentence. */
  readonly advice?: string | undefined;
  /** The code of the error, for programs: `AccessDenied`, `PIN_LOCKED`, `ENOTFOUND`. */
  readonly code?: string | undefined;
}

/** Something to look at. */
export interface Check {
  /** For programs. Stable. */
  readonly name: string;
  /** For people. */
  readonly title: string;
  /** Checks that stand before it. Where one of them has failed, this one says nothing. */
  readonly needs?: readonly string[];
  /** An error that it throws is a failure, told with the error's own code and hint. */
  run(patient: Patient): Finding | Promise<Finding>;
}

export const ok = (found: string): Finding => ({ state: 'ok', found });

export const notApplicable = (found: string): Finding => ({ state: 'not applicable', found });

export const warning = (found: string, advice?: string, code?: string): Finding => ({
  state: 'warning',
  found,
  advice,
  code,
});

export const failed = (found: string, advice?: string, code?: string): Finding => ({
  state: 'failed',
  found,
  advice,
  code,
});
