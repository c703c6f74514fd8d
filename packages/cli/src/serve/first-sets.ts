/** Opens any number of sessions without a stampede: so many ask their source for a first set at a time. */
import { setTimeout as delay } from 'node:timers/promises';
import type { RefreshableSession } from '@brs/core';

/** A source that hangs holds up the others for no longer than this. */
const patienceMs = 5000;
/** First sets that are asked for at a time. From then on the jitter of the sessions spreads them. */
const firstSetsAtOnce = 32;

/**
 * Resolves when the source of every session has answered, well or not. After the signal no more are opened.
 *
 * @param openers - each opens a session, which then asks its source.
 */
export async function fetchFirstSets(
  openers: Iterable<() => RefreshableSession>,
  signal: AbortSignal,
  { atOnce = firstSetsAtOnce }: { readonly atOnce?: number } = {},
): Promise<void> {
  const waiting = openers[Symbol.iterator]();
  const answers: Promise<void>[] = [];
  const work = async (): Promise<void> => {
    for (let next = waiting.next(); !next.done && !signal.aborted; next = waiting.next()) {
      const answer = answerOf(next.value);
      answers.push(answer);
      await Promise.race([answer, delay(patienceMs, undefined, { ref: false })]);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  await Promise.all(answers);
}

/** What goes wrong is told by the session's events, and by who opens it where it cannot be opened. */
async function answerOf(open: () => RefreshableSession): Promise<void> {
  try {
    await open().ready();
  } catch {
    // It has answered.
  }
}
