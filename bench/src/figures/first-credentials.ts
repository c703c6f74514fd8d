/** From the start of a process to its first credentials. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { cleanEnvironment } from '../environment.js';
import type { Measured, RunOptions } from '../figure.js';
import { type RemoteAws, startRemoteAws } from '../remote-aws.js';
import type { Marks } from '../starts/marks.js';
import { median } from '../statistics.js';

export async function run({ quick }: RunOptions): Promise<Measured> {
  await using aws = await startRemoteAws();
  const times = { sdk: [] as number[], ours: [] as number[] };
  const anatomies = { sdk: [] as Marks[], ours: [] as Marks[] };
  for (let round = -1; round < (quick ? 2 : 30); round++) {
    for (const who of ['sdk', 'ours'] as const) {
      const { tookMs } = await start(who, aws);
      const { marks } = await start(`${who}-in-steps`, aws);
      // The first round fills the file system's cache.
      if (round < 0) continue;
      times[who].push(tookMs);
      anatomies[who].push(marks);
    }
  }
  const [sdk, ours] = [median(times.sdk), median(times.ours)];
  return {
    rows: [
      {
        title: 'process start to first credentials, against fromTemporaryCredentials',
        unit: '×',
        explicit: 1,
        ours: ours / sdk,
        atMost: 1.2,
      },
    ],
    notes: [
      `explicit ${sdk.toFixed(0)} ms: ${describe(anatomies.sdk)}`,
      `ours ${ours.toFixed(0)} ms: ${describe(anatomies.ours)}`,
    ],
  };
}

/** Starts a program and waits for the line that says it has credentials. */
async function start(
  name: string,
  { endpoint, region, baseCredentials }: RemoteAws,
): Promise<{ tookMs: number; marks: Marks }> {
  const startedAt = performance.now();
  const child = spawn(process.execPath, [fileURLToPath(new URL(`../starts/${name}.js`, import.meta.url))], {
    env: {
      ...cleanEnvironment(),
      AWS_REGION: region,
      AWS_ENDPOINT_URL: endpoint,
      AWS_ACCESS_KEY_ID: baseCredentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: baseCredentials.secretAccessKey,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  const [line] = (await Promise.race([once(child.stdout, 'data'), ended])) as [Buffer | number];
  const tookMs = performance.now() - startedAt;
  await ended;
  if (!(line instanceof Buffer)) throw new Error(`${name} ended without credentials.`);
  return { tookMs, marks: JSON.parse(line.toString()) as Marks };
}

function describe(all: readonly Marks[]): string {
  const steps = Object.keys(all[0] ?? {});
  return (
    steps.map((step) => `${step} ${median(all.map((marks) => marks[step] ?? Number.NaN)).toFixed(0)}`).join(', ') +
    ' ms'
  );
}
