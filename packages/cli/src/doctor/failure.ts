/** An error as a finding: the one in its chain of causes that knows most says what is wrong, and its own hint what to do. */
import { isSessionError } from '@brs/core';
import { CliError } from '../cli-error.js';
import { NotAsked } from '../session/terminal.js';
import type { Finding } from './check.js';

interface Told {
  readonly code?: unknown;
  readonly hint?: unknown;
  /** Strategies' own errors say so what they mean. */
  readonly failure?: { readonly hint?: unknown };
}

/** Codes of the session that say only that its source failed. */
const wrappers = /^(CREDENTIALS_DENIED|REFRESH_FAILED|CREDENTIALS_EXPIRED)$/;

/** What the SDK's own providers throw: their messages say what to do, `aws sso login` for one. */
const sdkErrors = /^(CredentialsProviderError|TokenProviderError)$/;

/** The finding that an error is. */
export function failureOf(error: unknown): Finding {
  const chain = chainOf(error);
  const notAsked = chain.find((candidate) => candidate instanceof NotAsked);
  if (notAsked) return { state: 'not reached', found: notAsked.message, advice: notAsked.hint };
  const telling = tellingOf(chain);
  const { hint = telling?.failure?.hint, code } = (telling ?? {}) as Told;
  const outer = chain.map((candidate) => (candidate as Told).hint).find((text) => typeof text === 'string');
  const advice = typeof hint === 'string' ? hint : outer;
  const codes = [code, ...chain.map((candidate) => (candidate as Told).code)];
  return {
    state: 'failed',
    found: (telling && messageOf(telling)) || 'Something was thrown that is no error.',
    advice: typeof advice === 'string' ? advice : undefined,
    code: codes.find((text): text is string => typeof text === 'string'),
  };
}

/** The error that knows most: our program's, a strategy's, or the session's. What others wrote may hold anything. */
export function tellingOf(chain: readonly Error[]): (Error & Told) | undefined {
  return (
    chain.find((candidate) => candidate instanceof CliError) ??
    chain.find((candidate) => (candidate as Told).failure || candidate.name === 'CommandFailedError') ??
    chain.find(({ name }) => sdkErrors.test(name)) ??
    chain.find((candidate) => isSessionError(candidate) && !wrappers.test(candidate.code)) ??
    chain[0]
  );
}

/** The first line of a message. What a command of a profile was, and what it has printed, can be secret. */
export function messageOf(error: Error): string {
  // One error for several addresses of a host has a code and no words.
  const [first = ''] = (error.message || codeOf(error)).split('\n', 1);
  return first.startsWith('Command failed') ? 'The command of a profile (credential_process) has failed.' : first;
}

/** The code of an error; its name, where it has none, or a number as those of the platform have, time-outs among them. */
export function codeOf({ name, code }: Error & Told): string {
  return typeof code === 'string' ? code : name;
}

/** An error and its causes. */
export function chainOf(error: unknown): Error[] {
  const chain: Error[] = [];
  for (let cause = error; cause instanceof Error && chain.length < 10; cause = cause.cause) chain.push(cause);
  return chain;
}
