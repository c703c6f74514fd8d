/** What importing the core costs a process, over a bare one, and what importing it with `@brs/iot-x509` does. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { cleanEnvironment } from '../environment.js';
import type { Measured, RunOptions } from '../figure.js';
import { median } from '../statistics.js';

const folder = fileURLToPath(new URL('../starts/', import.meta.url));
const commonJs = (code: string): string[] => ['--input-type=commonjs', '-e', code];

/** Node's arguments for each program that is started. */
const programs = {
  ESM: { bare: ['bare.js'], core: ['import-core.js'], iot: ['import-iot-x509.js'], sdk: ['import-sdk.js'] },
  CommonJS: {
    bare: commonJs(''),
    core: commonJs(`require('@brs/core')`),
    iot: commonJs(`require('@brs/core'); require('@brs/iot-x509')`),
    sdk: commonJs(`require('@aws-sdk/credential-providers')`),
  },
};

export function run({ quick }: RunOptions): Promise<Measured> {
  const measured = Object.entries(programs).map(([format, { bare, core, iot, sdk }]) => {
    const times = { bare: [] as number[], core: [] as number[], iot: [] as number[], sdk: [] as number[] };
    for (let round = 0; round < (quick ? 2 : 60); round++) {
      times.bare.push(timeOf(bare));
      times.core.push(timeOf(core));
      times.iot.push(timeOf(iot));
      times.sdk.push(timeOf(sdk));
    }
    return {
      rows: [
        {
          title: `importing @brs/core (SDK: credential-providers), over bare Node, ${format}`,
          unit: 'ms' as const,
          explicit: median(differences(times.sdk, times.bare)),
          ours: median(differences(times.core, times.bare)),
          atMost: 10,
        },
        {
          title: `importing @brs/core and @brs/iot-x509, over bare Node, ${format}`,
          unit: 'ms' as const,
          ours: median(differences(times.iot, times.bare)),
          atMost: 15,
        },
      ],
      note: `bare Node, ${format}: ${median(times.bare).toFixed(0)} ms`,
    };
  });
  return Promise.resolve({ rows: measured.flatMap(({ rows }) => rows), notes: measured.map(({ note }) => note) });
}

/** From the start of the process to its end, in milliseconds. */
function timeOf(args: readonly string[]): number {
  const startedAt = performance.now();
  const { status, stderr } = spawnSync(process.execPath, args, {
    cwd: folder,
    env: cleanEnvironment(),
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  return performance.now() - startedAt;
}

/** Round by round, so that what disturbs a round disturbs both. */
function differences(times: readonly number[], bare: readonly number[]): number[] {
  return times.map((time, round) => time - (bare[round] ?? Number.NaN));
}
