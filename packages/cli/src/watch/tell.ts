/** What happened, in one line for a person, or as JSON for a program. Pure. */
import type { BoardEvent, Reading } from './board.js';
import { statesIn } from './state.js';
import { count, plural } from './text.js';

/** How an instant is written: short on a screen, whole in a log. */
export type WriteInstant = (at: number) => string;

/** What happened, without the session and the time. */
export function tell(event: BoardEvent, instant: WriteInstant): string {
  const { code, durationMs = 0, expiresAt, nextTryAt, offsetMs = 0, message = '' } = event;
  switch (event.event) {
    case 'refreshSucceeded':
      return `refreshed in ${count(durationMs)} ms, ${expiresAt === undefined ? 'does not expire' : `good until ${instant(expiresAt)}`}`;
    case 'refreshFailed':
      return `${event.terminal ? 'refused' : 'failed'} (${code}), next try ${nextTryAt === undefined ? 'soon' : `at ${instant(nextTryAt)}`}: ${message}`;
    case 'invalidated':
      return 'the credentials were rejected by a service; others are fetched';
    case 'clockOffset':
      return `this machine's clock is ${Math.abs(Math.round(offsetMs / 1000))} s ${offsetMs > 0 ? 'behind' : 'ahead'} of the source's`;
    case 'servedStale':
      return 'an expired set was served';
    case 'notice':
      return `${code}: ${message}`;
    case 'gone':
      return message;
    case 'back':
      return 'brs serve answers again';
    default:
      // Of a newer `brs serve`.
      return [event.event as string, code, message].filter(Boolean).join(': ');
  }
}

/** An event as one line of JSON, with instants as they are written everywhere else. */
export function asJson({ at, session, event, expiresAt, nextTryAt, ...facts }: BoardEvent): string {
  const iso = (instant: number | undefined): string | undefined =>
    instant === undefined ? undefined : new Date(instant).toISOString();
  return JSON.stringify({
    at: iso(at),
    ...(session && { session }),
    event,
    ...facts,
    id: undefined,
    expiresAt: iso(expiresAt),
    nextTryAt: iso(nextTryAt),
  });
}

/** How many sessions there are, and how they are, the most urgent first. */
export function summarise({ total, counts }: Reading): string {
  const parts = statesIn(counts).map((state) => `${count(counts[state] ?? 0)} ${state}`);
  return `${plural(total, 'session')}: ${parts.join(', ')}`;
}
