/** What a `brs serve` with eight sessions said of them at one moment: `watch-state.json` is its own answer, with fewer events. */
import { readFileSync } from 'node:fs';
import type { Reading } from '../../src/watch/board.js';
import type { Size, View } from '../../src/watch/draw.js';

const text = readFileSync(new URL('watch-state.json', import.meta.url), 'utf8');

/** The whole answer. */
export const watchState: Reading = JSON.parse(text) as Reading;

/** The answer to somebody who has asked for a page. */
export function pageOf(offset: number, limit: number, since: number): Reading {
  const rows = watchState.rows.slice(offset, offset + limit);
  return { ...watchState, offset, rows, events: watchState.events.filter(({ id }) => id > since) };
}

/** What is drawn of it when one has just begun to watch. */
export function viewOf(sessions: number, title = 'brs serve, http://127.0.0.1:9911'): View {
  const { events } = watchState;
  return { title, reading: pageOf(0, sessions, 0), events, selected: 0, canRefresh: false, help: false };
}

/** The sizes that the documentation shows. */
export const documented: readonly Size[] = [
  { columns: 80, rows: 24 },
  { columns: 200, rows: 50 },
];
