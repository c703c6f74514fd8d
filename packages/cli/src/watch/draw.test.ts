import { readFileSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { documented, viewOf, watchState } from '../../test/support/watch-state.js';
import type { BoardEvent, Row } from './board.js';
import { draw, rowsFor, type Size, type View } from './draw.js';
import { lifeBar } from './life-bar.js';
import type { State } from './state.js';
import { summarise } from './tell.js';
import { paletteFor } from './text.js';

process.env.TZ = 'UTC';
const plain = paletteFor(false);
const page = readFileSync(new URL('../../../../docs/cli/watch.md', import.meta.url), 'utf8');
const sizes: Size[] = [...documented, ...[60, 61, 75, 76, 129, 130, 300].map((columns) => ({ columns, rows: 30 }))];
const low: Size[] = [1, 2, 5, 8, 10, 12, 16, 20].map((rows) => ({ columns: 80, rows }));
const odd: Size[] = [
  { columns: 20, rows: 24 },
  { columns: 59, rows: 7 },
];
const drawn = (size: Size, more: Partial<View> = {}, palette = plain) =>
  draw({ ...viewOf(rowsFor(size, watchState.total)), ...more }, size, palette);

describe('the screen', () => {
  it.each(documented)('is what the documentation shows, at $columns columns', (size) => {
    const screen = drawn(size).map((line) => line.trimEnd());
    while (screen.at(-1) === '') screen.pop();
    expect(page).toContain(`\n${screen.join('\n')}\n\`\`\``);
  });

  it.each([...sizes, ...low, ...odd])('is never larger than $columns columns and $rows rows', (size) => {
    const gone = { since: watchState.at, now: watchState.at + 5000, why: 'ECONNREFUSED' };
    for (const more of [{}, { help: true }, { gone }, { message: 'x'.repeat(400) }]) {
      const lines = drawn(size, more);
      expect(lines).toHaveLength(size.rows);
      expect(Math.max(...lines.map((line) => stringWidth(line)))).toBeLessThanOrEqual(size.columns);
    }
  });

  it.each(sizes)('says the same without colours, at $columns columns', (size) => {
    const coloured = drawn(size, {}, paletteFor(true));
    expect(coloured.join('')).not.toBe(drawn(size).join(''));
    expect(coloured.map((line) => stripVTControlCharacters(line).trimEnd())).toEqual(
      drawn(size).map((line) => line.trimEnd()),
    );
  });

  it('shows what fits of ten thousand sessions, and how all of them are', () => {
    const size = { columns: 80, rows: 24 };
    const room = rowsFor(size, 10_000);
    const row = watchState.rows[0] as Row;
    const rows = Array.from({ length: room }, (_, index) => ({ ...row, name: `session-${index}` }));
    const reading = { ...watchState, total: 10_000, counts: { expired: 12, fresh: 9988 }, offset: 4000, rows };
    const lines = draw({ ...viewOf(0), reading, selected: 2 }, size, plain);
    expect(lines[1]).toMatch(/^ 10,000 sessions · 12 expired · 9,988 fresh +4,001-4,008 of 10,000 $/);
    expect(lines.filter((line) => line.includes('session-'))).toHaveLength(room + 1);
    expect(lines.find((line) => line.startsWith(' > '))).toContain('session-2');
  });

  it('is no wider than the terminal where characters are', () => {
    const [row] = watchState.rows as [Row];
    for (const error of ['認証に失敗しました'.repeat(20), '👩‍🔧 '.repeat(90)]) {
      const rows = [{ ...row, error }];
      const lines = drawn({ columns: 80, rows: 24 }, { reading: { ...watchState, rows, total: 1 } });
      expect(Math.max(...lines.map((line) => stringWidth(line)))).toBeLessThanOrEqual(80);
    }
  });

  it('shows a state and an event of a newer brs serve as they are called', () => {
    const [row] = watchState.rows as [Row];
    const [event] = watchState.events as [BoardEvent];
    const reading = {
      ...watchState,
      rows: [{ ...row, state: 'resting' as State }],
      total: 1,
      counts: { resting: 1, expired: 2 },
    };
    const events = [{ ...event, event: 'rested' as 'notice', code: 'TIRED', message: 'for a while' }];
    for (const palette of [plain, paletteFor(true)]) {
      const lines = drawn(documented[0] as Size, { reading, events }, palette).map(stripVTControlCharacters);
      expect(lines[1]).toContain('2 expired · 1 resting');
      expect(lines.filter((line) => / resting /.test(line))).not.toEqual([]);
      expect(lines.find((line) => line.includes('rested'))).toContain('rested: TIRED: for a while');
    }
    expect(summarise(reading)).toBe('1 session: 2 expired, 1 resting');
  });

  it('lets nothing that comes from elsewhere move the cursor', () => {
    const evil = '\u001b[2J\u009b1;1H\u0007\nname';
    const [row] = watchState.rows as [Row];
    const rows = [{ ...row, state: evil as State, name: evil, identity: evil, error: evil, method: evil }];
    const events = watchState.events.map((event) => ({ ...event, session: evil, message: evil, code: evil }));
    const reading = { ...watchState, rows, total: 1, counts: { expired: 1, [evil]: 1 } };
    const lines = drawn({ columns: 200, rows: 50 }, { events, reading });
    // eslint-disable-next-line no-control-regex -- that is what must not be there
    expect(lines.join('')).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
  });
});

describe('the bar', () => {
  const row = { fetchedAt: 0, expiresAt: 1000, advisoryAt: 500, mandatoryAt: 900 } as Row;
  const none = (text: string): string => text;
  it.each([
    [0, '██║███████│█████████'],
    [250, '██║███████│████░░░░░'],
    [500, '██║███████│░░░░░░░░░'],
    [950, '█░║░░░░░░░│░░░░░░░░░'],
    [1000, '░░║░░░░░░░│░░░░░░░░░'],
    [9000, '░░║░░░░░░░│░░░░░░░░░'],
  ])('at %i of 1000', (at, bar) => {
    expect(lifeBar(row, at, 20, none, none)).toBe(bar);
  });

  it('is full for a set that does not expire, and empty without one', () => {
    expect(lifeBar({ ...row, expiresAt: undefined }, 5, 4, none, none)).toBe('████');
    expect(lifeBar({ ...row, fetchedAt: undefined }, 5, 4, none, none)).toBe('····');
  });

  it('has both marks, however short the windows', () =>
    expect(lifeBar({ ...row, advisoryAt: 999, mandatoryAt: 999 }, 0, 6, none, none)).toBe('█║│███'));
});
