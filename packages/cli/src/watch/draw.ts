/** The screen of `brs watch` as lines. Pure: the same state and size give the same lines. */
import { type BoardEvent, type Reading, type Row } from './board.js';
import { printable } from '../printable.js';
import { lifeBar, marks } from './life-bar.js';
import { type State, statesIn } from './state.js';
import { tell } from './tell.js';
import { clock, count, cut, duration, fit, fitRight, type Palette, plural, wrap } from './text.js';

/** The room that there is. */
export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** All that is drawn. */
export interface View {
  /** What is watched, in a few words. */
  readonly title: string;
  readonly reading: Reading;
  /** The oldest first. */
  readonly events: readonly BoardEvent[];
  /** The row on the page that the details are of. */
  readonly selected: number;
  /** Whether `r` refreshes. */
  readonly canRefresh: boolean;
  /** Whether the keys and the words are explained in place of the sessions. */
  readonly help: boolean;
  /** Something to be said in place of the keys, for a while. */
  readonly message?: string | undefined;
  /** What is watched has not answered since. */
  readonly gone?: { readonly since: number; readonly now: number; readonly why: string } | undefined;
}

/** Narrower than the first, lines are cut at their end; from the second on there is room for everything. */
const [narrowest, wide] = [60, 130];
const detailLines = 5;

/** How many sessions there is room for. */
export function rowsFor({ rows }: Size, total: number): number {
  return layoutFor(rows, total).sessions;
}

/** Where the lines go: what is most needed stays the longest. */
function layoutFor(rows: number, total: number): { sessions: number; details: number; events: number } {
  // Title, summary, an empty line, the head of the table, and the keys at the end.
  const room = Math.max(1, rows - 5);
  const details = room >= 12 ? detailLines + 1 : 0;
  const leastEvents = room >= 16 ? 5 : room >= 9 ? 4 : 0;
  const sessions = Math.max(1, Math.min(total, room - details - leastEvents));
  return { sessions, details, events: Math.max(0, room - details - sessions) };
}

/** Draws exactly `rows` lines of at most `columns` columns. */
export function draw(view: View, size: Size, palette: Palette): string[] {
  const { rows, columns } = size;
  const width = Math.max(narrowest, columns);
  const { sessions, details, events } = layoutFor(rows, view.reading.total);
  const lines = [
    head(view, width, palette),
    view.gone ? goneLine(view.gone, width, palette) : summaryLine(view.reading, width, palette),
    '',
    ...(view.help
      ? helpLines(width, sessions + 1 + details + events, palette)
      : [
          ...table(view, sessions, width, palette),
          ...(details > 0 ? detailsOf(view, width, palette) : []),
          ...eventLines(view, events, width, palette),
        ]),
  ];
  const shown = lines.slice(0, Math.max(1, rows - 1));
  while (shown.length < rows - 1) shown.push('');
  if (rows > 1) shown.push(keysLine(view, width, palette));
  return columns < width ? shown.map((line) => cut(line, columns)) : shown;
}

function head({ title, reading, gone }: View, width: number, { strong, faint }: Palette): string {
  const now = gone?.now ?? reading.at;
  const time = clock(now, now);
  return strong(fit(` brs watch  ${title}`, width - time.length - 2)) + faint(` ${time} `);
}

function summaryLine(
  { total, counts, offset, rows }: Reading,
  width: number,
  { state: paintOf, strong, faint }: Palette,
): string {
  const begin = ` ${plural(total, 'session')}`;
  const where = total > rows.length ? `${count(offset + 1)}-${count(offset + rows.length)} of ${count(total)} ` : '';
  let [text, length] = [strong(begin), begin.length];
  for (const state of statesIn(counts)) {
    const part = ` · ${count(counts[state] ?? 0)} ${printable(state)}`;
    if (length + part.length + where.length + 1 > width) break;
    text += paintOf(state)(part);
    length += part.length;
  }
  return where ? text + faint(where.padStart(width - length)) : text;
}

function goneLine({ since, now, why }: NonNullable<View['gone']>, width: number, { state: paintOf }: Palette): string {
  return paintOf('expired')(fit(` No answer since ${clock(since, now)} (${why}): what is below is from then.`, width));
}

interface Column {
  readonly title: string;
  readonly width: number;
  readonly isRight?: boolean;
  text(row: Row): string;
}

function table(view: View, sessions: number, width: number, palette: Palette): string[] {
  const { reading, selected } = view;
  const { at, rows } = reading;
  const [isWide, isNarrow] = [width >= wide, width < 76];
  const name = isWide ? 24 : isNarrow ? 12 : 16;
  const before: Column[] = [
    { title: 'session', width: name, text: (row) => row.name },
    { title: 'state', width: 10, text: (row) => row.state },
    { title: 'left', width: 8, isRight: true, text: (row) => timeLeft(row, at) },
  ];
  const after: Column[] = [
    { title: 'next try', width: 8, isRight: true, text: (row) => nextTry(row, at) },
    ...(isNarrow ? [] : [{ title: 'good', width: 5, isRight: true, text: ({ refreshes }: Row) => count(refreshes) }]),
    { title: 'bad', width: 4, isRight: true, text: ({ errors }) => count(errors) },
    ...(isWide
      ? [
          { title: 'identity', width: Math.min(64, width - 103), text: ({ identity = '' }: Row) => identity },
          { title: 'method', width: 9, text: ({ method }: Row) => method },
        ]
      : []),
  ];
  const taken = [...before, ...after].reduce((sum, column) => sum + column.width + 1, 3);
  const bar = Math.max(6, Math.min(60, width - taken - 1));
  const cell = ({ width: columns, isRight }: Column, text: string): string =>
    isRight ? fitRight(text, columns) : fit(text, columns);
  const titles = [
    ...before.map((column) => cell(column, column.title)),
    fit('life', bar),
    ...after.map((column) => cell(column, column.title)),
  ];
  const lines = [palette.faint(fit(`   ${titles.join(' ')}`, width))];
  for (const [index, row] of rows.slice(0, sessions).entries()) {
    const paint = palette.state(row.state);
    const mark = index === selected ? ' > ' : '   ';
    const [nameColumn, stateColumn, leftColumn] = before as [Column, Column, Column];
    const named = cell(nameColumn, row.name);
    lines.push(
      [
        mark + (index === selected ? palette.strong(named) : named),
        paint(cell(stateColumn, row.state)),
        cell(leftColumn, timeLeft(row, at)),
        lifeBar(row, at, bar, paint, palette.faint),
        ...after.map((column) => cell(column, column.text(row))),
      ]
        .join(' ')
        .trimEnd(),
    );
  }
  while (lines.length < sessions + 1) lines.push('');
  return lines;
}

function timeLeft({ expiresAt, fetchedAt }: Row, at: number): string {
  if (fetchedAt === undefined) return '-';
  if (expiresAt === undefined) return 'no end';
  return expiresAt > at ? duration(expiresAt - at) : 'none';
}

function nextTry({ nextAt, state }: Row, at: number): string {
  if (state === 'starting') return 'now';
  if (nextAt === undefined) return '-';
  return nextAt > at ? duration(nextAt - at) : 'now';
}

function detailsOf({ reading, selected }: View, width: number, palette: Palette): string[] {
  const row = reading.rows[selected];
  const lines: string[] = [''];
  if (row) {
    const { at } = reading;
    const { name, method, identity, fetchedAt, expiresAt, advisoryAt, mandatoryAt, failures, error } = row;
    const instant = (when: number): string => clock(when, at);
    const title = [name, method, identity].filter(Boolean).join('  ');
    lines.push(palette.strong(fit(` ${title}`, width).trimEnd()));
    const life =
      fetchedAt === undefined
        ? 'no set yet'
        : expiresAt === undefined || advisoryAt === undefined || mandatoryAt === undefined
          ? `set of ${instant(fetchedAt)}, which does not expire`
          : width >= wide
            ? `set of ${instant(fetchedAt)}: refreshed behind from ${instant(advisoryAt)}, callers wait from ${instant(mandatoryAt)}, expires ${instant(expiresAt)}`
            : `set of ${instant(fetchedAt)}: refresh ${instant(advisoryAt)}, wait ${instant(mandatoryAt)}, end ${instant(expiresAt)}`;
    lines.push(fit(` ${life}`, width).trimEnd());
    const skew = row.clockOffsetMs
      ? [`this clock is ${duration(Math.abs(row.clockOffsetMs))} ${row.clockOffsetMs > 0 ? 'behind' : 'ahead'}`]
      : [];
    const tried = failures > 0 ? [`${plural(failures, 'failure')} in a row`] : [];
    const facts = [...tried, ...skew].join(', ');
    const text = [facts, error].filter(Boolean).join(': ');
    lines.push(...wrap(text, width - 2, detailLines - 2).map((line) => palette.state(row.state)(` ${line}`)));
  }
  while (lines.length < detailLines + 1) lines.push('');
  return lines;
}

function eventLines({ events, reading, gone }: View, room: number, width: number, { faint }: Palette): string[] {
  if (room < 3) return Array.from({ length: room }, () => '');
  const now = gone?.now ?? reading.at;
  const instant = (when: number): string => clock(when, now);
  const name = width >= wide ? 24 : 12;
  const latest = events.slice(1 - room).map((event) => {
    const text = tell(event, instant);
    return fit(` ${instant(event.at)} ${fit(event.session || '-', name)} ${text}`, width).trimEnd();
  });
  return [faint(fit(' what happened', width).trimEnd()), ...latest, ...Array.from({ length: room }, () => '')].slice(
    0,
    room,
  );
}

function helpLines(width: number, room: number, { state: paintOf, faint }: Palette): string[] {
  const about: [string, string][] = [
    ['q, Ctrl-C', 'end'],
    ['j k, arrows', 'the next session, the one before; PgUp, PgDn, Home and End go further'],
    ['r', 'refresh the session now, where it is of this command'],
    ['Ctrl-L', 'draw everything anew'],
    ['Ctrl-Z', 'go behind; fg comes back'],
    ['?', 'back to the sessions'],
  ];
  const meanings: [State, string][] = [
    ['no set', 'there are no credentials, and the source has failed'],
    ['expired', 'the set in hand has expired'],
    ['refused', 'the source refuses, and somebody has to act'],
    ['urgent', 'about to expire, or rejected by a service'],
    ['failing', 'the source fails; the set in hand is good'],
    ['starting', 'the source has not answered yet'],
    ['refreshing', 'the source is asked; the set in hand is good'],
    ['due', 'it is about to be'],
    ['fresh', 'nothing to do'],
  ];
  const line = (left: string, right: string): string => fit(`   ${fit(left, 12)} ${right}`, width).trimEnd();
  return [
    ...about.map(([keys, what]) => line(keys, what)),
    ...(room >= about.length + meanings.length + 2 ? [''] : []),
    ...meanings.map(([state, what]) => line(state, what).replace(state, paintOf(state)(state))),
    faint(
      line(
        'life',
        `what is left; from ${marks.advisory} on it is refreshed behind, from ${marks.mandatory} on callers wait`,
      ),
    ),
  ].slice(0, room);
}

function keysLine({ message, canRefresh, help }: View, width: number, { faint }: Palette): string {
  const keys = help ? ['? back', 'q end'] : ['q end', 'j/k select', ...(canRefresh ? ['r refresh'] : []), '? help'];
  return message ? fit(` ${message}`, width).trimEnd() : faint(fit(` ${keys.join('   ')}`, width).trimEnd());
}
