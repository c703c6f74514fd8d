import { expect, test } from 'vitest';
import type { Measured } from '../src/figure.js';
import { intoReadme, toPage } from '../src/page.js';

const machine = { date: '2026-01-01', cores: 2, processor: 'a processor', platform: 'linux', versions: { node: '24' } };
const results = new Map<string, Measured>([
  ['source-calls', { rows: [{ title: 'STS calls', unit: 'count', explicit: 100, best: 1, ours: 1, atMost: 1 }] }],
]);

test('the figures take the place of those before, and nothing else changes', () => {
  const readme = 'Before.\n\n<!-- figures:start -->\n\nold\n\n<!-- figures:end -->\n\nAfter.\n';
  const written = intoReadme(readme, machine, results);
  expect(written).toMatch(/^Before\.\n\n<!-- figures:start -->\n\nFigures of 2026-01-01/);
  expect(written).toMatch(/\n\n<!-- figures:end -->\n\nAfter\.\n$/);
  expect(written).toMatch(/STS calls .* 100 .* yes/);
  expect(written).not.toContain('old');
  expect(intoReadme(written, machine, results)).toBe(written);
});

test('a README without a place for figures is refused', () => {
  expect(() => intoReadme('Nothing.', machine, results)).toThrow('figures:start');
});

test('the page has the same table', () => {
  expect(toPage(machine, results)).toMatch(/STS calls .* 100 .* yes/);
});
