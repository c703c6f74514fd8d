/** The page of the documentation that holds a run, and its table in the README. Written by the run itself, never by hand. */
import { markdownTable } from 'markdown-table';
import type { Measured, Row } from './figure.js';
import type { Machine } from './machine.js';
import { toTable } from './table.js';

const intro = `# Benchmarks

Written by \`npm run bench -- --write\`; every number on this page was measured in that one run. What counts are ratios and
counts: absolute times belong to the machine that they were taken on.

- **SDK, explicit**: \`fromTemporaryCredentials\`, one provider handed to each client.
- **SDK, best**: one \`fromNodeProviderChain({ profile })\` shared by all clients, with a profile that assumes a role.
- **ours**: one \`RefreshableSession\` with \`@brs/sts\`.

All of them work with real S3 clients against a loopback AWS that runs in a process of its own. Refreshes of devices are held
against the bare request: the CRT's own HTTP client, with the same key and certificate, in the same run.
`;

export function toPage(machine: Machine, results: ReadonlyMap<string, Measured>): string {
  const rows: Row[] = [...results.values()].flatMap((result) => result.rows);
  const notes = [...results].flatMap(([name, result]) => (result.notes ?? []).map((note) => `- \`${name}\`: ${note}`));
  const versions = Object.entries(machine.versions).map(([name, version]) => [name, version]);
  return [
    intro,
    `## The run of ${machine.date}\n`,
    `${machine.cores} cores (${machine.processor}), ${machine.platform}.\n`,
    `${toTable(rows)}\n`,
    '## What belongs to the numbers\n',
    `${notes.join('\n')}\n`,
    '## Versions\n',
    `${markdownTable([['package', 'version'], ...versions])}\n`,
  ].join('\n');
}

/** The README with the table of a run in the place of the one before. */
export function intoReadme(readme: string, machine: Machine, results: ReadonlyMap<string, Measured>): string {
  const [start, end] = ['<!-- figures:start -->', '<!-- figures:end -->'];
  const [before, after] = [readme.indexOf(start), readme.indexOf(end)];
  if (before < 0 || after < before) throw new Error(`The README has no ${start} … ${end}.`);
  const rows: Row[] = [...results.values()].flatMap((result) => result.rows);
  const origin =
    `Figures of ${machine.date}, from \`npm run bench\`: \`fromTemporaryCredentials\` on each client, one shared ` +
    '`fromNodeProviderChain({ profile })`, and a session. What was measured, and on what, stands in [benchmarks](docs/benchmarks.md).';
  return `${readme.slice(0, before + start.length)}\n\n${origin}\n\n${toTable(rows)}\n\n${readme.slice(after)}`;
}
