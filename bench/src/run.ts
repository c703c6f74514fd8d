/** `npm run bench`: takes the figures, each in a process of its own, and prints them as one table. Exits with 1 when a target is missed. */
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { isReached, type Measured } from './figure.js';
import { type FigureEntry, figures } from './figures.js';
import { inChild } from './in-child.js';
import { describeMachine } from './machine.js';
import { intoReadme, toPage } from './page.js';
import { toTable } from './table.js';

const usage = `npm run bench -- [--only <name>]... [--quick] [--json] [--write]

  --only <name>  only this figure: ${figures.map(({ name }) => name).join(', ')}
  --quick        shorter phases and fewer rounds: shows that everything works, not what the numbers are
  --json         one JSON object instead of the table
  --write        also writes docs/benchmarks.md and the figures of the README; needs a full run`;

const { only = [], quick, json, write, help } = readArguments();
if (help) {
  console.log(usage);
} else {
  const results = await measure(figures.filter(({ name }) => only.length === 0 || only.includes(name)));
  const rows = [...results.values()].flatMap((result) => result.rows);
  const machine = describeMachine();
  if (json) {
    const withVerdict = rows.map((row) => ({ ...row, reached: isReached(row) }));
    console.log(JSON.stringify({ machine, quick, rows: withVerdict, notes: notesOf(results) }, undefined, 2));
  } else {
    console.log(`${toTable(rows)}\n\n${notesOf(results).join('\n')}`);
  }
  if (write) {
    const readme = new URL('../../README.md', import.meta.url);
    writeFileSync(readme, intoReadme(readFileSync(readme, 'utf8'), machine, results));
    writeFileSync(new URL('../../docs/benchmarks.md', import.meta.url), toPage(machine, results));
  }
  process.exitCode = rows.every(isReached) ? 0 : 1;
}

function readArguments() {
  const { values } = parseArgs({
    options: {
      only: { type: 'string', multiple: true },
      quick: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      write: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const unknown = values.only?.find((name) => figures.every((figure) => figure.name !== name));
  if (unknown !== undefined) throw new Error(`There is no figure '${unknown}'.\n\n${usage}`);
  if (values.write && (values.quick || values.only))
    throw new Error('--write needs a full run: without --only and --quick.');
  return values;
}

/** Those that only wait go on beside all others; of the others one runs at a time, first those that need the machine for themselves. */
async function measure(chosen: readonly FigureEntry[]): Promise<Map<string, Measured>> {
  const results = new Map<string, Measured>();
  const take = async ({ name }: FigureEntry): Promise<void> => {
    const module = new URL(`figures/${name}.js`, import.meta.url).href;
    results.set(name, await inChild<Measured>({ module, name: 'run', argument: { quick } }));
    console.error(`${name} done`);
  };
  const those = (runs: FigureEntry['runs']): FigureEntry[] => chosen.filter((figure) => figure.runs === runs);
  const inTheBackground = Promise.all(those('in the background').map(take));
  const others = (async () => {
    for (const figure of [...those('alone'), ...those('any time')]) await take(figure);
  })();
  await Promise.all([inTheBackground, others]);
  return new Map(chosen.map(({ name }) => [name, results.get(name) as Measured]));
}

function notesOf(results: ReadonlyMap<string, Measured>): string[] {
  return [...results].flatMap(([name, { notes = [] }]) => notes.map((note) => `${name}: ${note}`));
}
