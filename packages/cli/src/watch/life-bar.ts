/** What is left of a set, as a bar that empties to the left, with marks where refreshing begins and where callers wait. */
import type { Row } from './board.js';
import type { Paint } from './text.js';

/** How the marks look: from the left to the right, callers wait, and a refresh runs behind. */
export const marks = { mandatory: '║', advisory: '│' } as const;

/** A bar of exactly `columns` columns: empty where there is no set, full where one does not expire. */
export function lifeBar(row: Row, at: number, columns: number, paint: Paint, faint: Paint): string {
  const { fetchedAt, expiresAt, advisoryAt = 0, mandatoryAt = 0 } = row;
  if (fetchedAt === undefined) return faint('·'.repeat(columns));
  if (expiresAt === undefined) return paint('█'.repeat(columns));
  const columnOf = (instant: number): number =>
    Math.round(((expiresAt - instant) / Math.max(1, expiresAt - fetchedAt)) * columns);
  const filled = Math.max(0, Math.min(columns, columnOf(at)));
  // Each mark has a column of its own, however short the window.
  const mandatory = Math.max(1, columnOf(mandatoryAt));
  const advisory = Math.max(mandatory + 1, columnOf(advisoryAt));
  let bar = '';
  let run = '';
  const flush = (paintRun: Paint): void => {
    if (run) bar += paintRun(run);
    run = '';
  };
  for (let column = 0; column < columns; column++) {
    const isFull = column < filled;
    const mark = column === mandatory ? marks.mandatory : column === advisory ? marks.advisory : undefined;
    run += mark ?? (isFull ? '█' : '░');
    if (column + 1 === filled) flush(paint);
  }
  flush(faint);
  return bar;
}
