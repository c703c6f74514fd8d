/** What importing the core costs a process, over a bare one. */
import { spawnSync } from 'node:child_process';
import { cleanEnvironment } from '../environment.js';
import type { Measured, RunOptions } from '../figure.js';
import { median } from '../statistics.js';

const esm = ['--input-type=module', '-e'];
const cjs = ['--input-type=commonjs', '-e'];

/** Node's arguments for each program that is started. */
const programs = {
  'bare ESM': [...esm, ''],
  'core ESM': [...esm, `import '@brs/core'`],
  'SDK ESM': [...esm, `import '@aws-sdk/credential-providers'`],
  'bare CommonJS': [...cjs, ''],
  'core CommonJS': [...cjs, `require('@brs/core')`],
  'SDK CommonJS': [...cjs, `require('@aws-sdk/credential-providers')`],
};
type Program = keyof typeof programs;

export function run({ quick }: RunOptions): Promise<Measured> {
  const names = Object.keys(programs) as Program[];
  const times = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Program, number[]>;
  for (let round = 0; round < (quick ? 2 : 40); round++) {
    for (const name of names) times[name].push(timeOf(programs[name]));
  }
  const over = (name: Program, bare: Program): number =>
    median(times[name].map((time, round) => time - (times[bare][round] ?? Number.NaN)));
  const title = 'importing @brs/core (SDK: credential-providers), over bare Node';
  return Promise.resolve({
    rows: [
      {
        title: `${title}, ESM`,
        unit: 'ms',
        explicit: over('SDK ESM', 'bare ESM'),
        ours: over('core ESM', 'bare ESM'),
        atMost: 10,
      },
      {
        title: `${title}, CommonJS`,
        unit: 'ms',
        explicit: over('SDK CommonJS', 'bare CommonJS'),
        ours: over('core CommonJS', 'bare CommonJS'),
        atMost: 10,
      },
    ],
    notes: [
      `bare Node: ESM ${median(times['bare ESM']).toFixed(1)} ms, CommonJS ${median(times['bare CommonJS']).toFixed(1)} ms`,
    ],
  });
}

/** From the start of the process to its end. */
function timeOf(args: readonly string[]): number {
  const startedAt = performance.now();
  const { status, stderr } = spawnSync(process.execPath, args, {
    cwd: new URL('.', import.meta.url),
    env: cleanEnvironment(),
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  return performance.now() - startedAt;
}
