/** The one table that everything is printed in. */
import { markdownTable } from 'markdown-table';
import { isReached, type Row, type Unit } from './figure.js';

const head = ['figure', 'SDK, explicit', 'SDK, best', 'ours', 'target', 'reached'];

export function toTable(rows: readonly Row[]): string {
  const cells = rows.map((row) => [
    row.title,
    format(row.explicit, row.unit),
    format(row.best, row.unit),
    format(row.ours, row.unit),
    row.atMost === 0 ? '0' : `≤ ${format(row.atMost, row.unit)}`,
    isReached(row) ? 'yes' : 'NO',
  ]);
  return markdownTable([head, ...cells], { align: ['l', 'r', 'r', 'r', 'r', 'l'] });
}

const digits: Record<Unit, number> = { count: 1, '%': 1, µs: 2, ms: 1, '×': 2, bytes: 0 };

function format(value: number | undefined, unit: Unit): string {
  if (value === undefined) return '—';
  const number = value.toLocaleString('en', { maximumFractionDigits: digits[unit] });
  return unit === 'count' ? number : `${number} ${unit}`;
}
