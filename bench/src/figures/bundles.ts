/** What the packages weigh in a bundle: the numbers of the size check, which also makes sure of what must not be in them. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Measured, Row } from '../figure.js';

/** What each may weigh. The size check has limits of its own, which keep a bundle from growing; these are the targets. */
const targets: Readonly<Record<string, number>> = {
  core: 8_000,
  'core + custom': 10_000,
  'core + iot-x509': 14_000,
  'core + iot-x509, everything': 22_000,
  'core + sts, on top of the SDK': 10_000,
};

export function run(): Promise<Measured> {
  const script = fileURLToPath(new URL('../../../scripts/size.mjs', import.meta.url));
  const { stdout, stderr } = spawnSync(process.execPath, [script], { encoding: 'utf8' });
  const rows = [...stdout.matchAll(/^(?<name>\S.*?) +(?<bytes>\d+) +\d+$/gm)].map(({ groups = {} }): Row => {
    const { name = '', bytes } = groups;
    const atMost = targets[name];
    if (atMost === undefined) throw new Error(`The bundle '${name}' has no target.`);
    return { title: `bundle, minified and gzip: ${name}`, unit: 'bytes', ours: Number(bytes), atMost };
  });
  const complaints = stderr.split('\n').filter(Boolean);
  const strangers = complaints.filter((line) => line.includes(' holds something of '));
  const overweight = complaints.filter((line) => line.endsWith(' over its budget.'));
  if (rows.length === 0 || complaints.length > strangers.length + overweight.length) {
    throw new Error(`The size check did not come to its end. ${stderr}`);
  }
  rows.push({ title: 'strings of another strategy in a bundle', unit: 'count', ours: strangers.length, atMost: 0 });
  return Promise.resolve({ rows, notes: strangers });
}
