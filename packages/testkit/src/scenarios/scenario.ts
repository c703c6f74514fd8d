/** The form of a scenario: what is given, and steps that each say what happens or what is expected. Data only. */
import type { CommonSessionOptions, RefreshWindow, SessionError, SessionEventName } from '@brs/core';
import type { SourceBehaviour } from '../scripted-source.js';

/** What a call gives: the generation of the set (1 is the first that the source gave), the code of an error, or `cancelled`. */
export type ExpectedResult = number | SessionError['code'] | 'cancelled';

/** Something that happens. */
export type Action =
  /** Time passes until this many seconds after the start of the scenario. */
  | { readonly at: number }
  /** The wall clock is set forward or back by seconds; no time passes. */
  | { readonly clockJumps: number }
  /** From now on the source does this. */
  | { readonly source: SourceBehaviour }
  /** From now on the source gives sets that live this many seconds. */
  | { readonly lifetime: number }
  /** From now on a failing source asks to be left alone for this many seconds. */
  | { readonly retryAfter: number }
  /** The oldest or the newest call that waits at the source's gate goes on. */
  | { readonly open: 'oldest' | 'newest' }
  /** A service has rejected the set of this generation. */
  | { readonly invalidate: number }
  /** A call begins and is not awaited. */
  | { readonly begin: string; readonly forced?: true; readonly window?: RefreshWindow; readonly contacted?: boolean }
  /** The signal of a call that has begun is aborted. */
  | { readonly cancel: string }
  /** The session is closed. */
  | { readonly close: true };

/** Something that is expected. */
export type Expectation =
  | {
      /** What a call gives, at once or after the source has answered. */
      readonly get: ExpectedResult;
      readonly forced?: true;
      /** Whether the source was asked because of it. */
      readonly contacted: boolean;
      /** Where the set in hand was before the call. */
      readonly window?: RefreshWindow;
      /** So many callers at once; each must get the same, and `contacted` means one call of the source for all. Default 1. */
      readonly callers?: number;
    }
  /** A call that has begun is still waiting. */
  | { readonly pending: string }
  /** A call that has begun has given this. */
  | { readonly given: string; readonly result: ExpectedResult }
  /** The event was emitted since the last step of this kind. */
  | { readonly event: SessionEventName }
  /** The event was not emitted since the last step of this kind. */
  | { readonly noEvent: SessionEventName }
  /** The instants of the set in hand: seconds before its expiry. */
  | { readonly windows: { readonly advisory: number; readonly mandatory: number } }
  /** How often the source has been asked in all. */
  | { readonly calls: number }
  /** The source's clock less the machine's, in seconds. */
  | { readonly clockOffset: number };

/** What a scenario needs of a strategy to be run against it. */
export type ScenarioNeed =
  /** The source can refuse so that the strategy knows it from an outage. */
  | 'terminal'
  /** The source can say when to come back. */
  | 'retry-after'
  /** A set can be without an expiration. */
  | 'undated'
  /** The source can give bad answers. */
  | 'bad-answers'
  /** The answers carry the source's own time. */
  | 'source-time'
  /** Answers can be held back and let go in any order. */
  | 'gate';

/** A scenario of the refresh engine. Jitter is zero and backoff is at its shortest, unless `random` says otherwise. */
export interface Scenario {
  readonly name: string;
  readonly needs?: readonly ScenarioNeed[];
  readonly given?: {
    /** Seconds. Default 900. */
    readonly lifetime?: number;
    readonly clockAhead?: number;
    readonly session?: CommonSessionOptions;
    /** What the session's randomness always gives. Default 0. */
    readonly random?: number;
  };
  readonly steps: readonly (Action | Expectation)[];
}
