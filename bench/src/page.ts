/** The page of the documentation that holds a run. It is written by the run itself, never by hand. */
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

All of them work with real S3 clients against a loopback AWS that runs in a process of its own.
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
