/** From the start of a process to its first credentials, and where the time goes. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { cleanEnvironment } from '../environment.js';
import type { Measured, RunOptions } from '../figure.js';
import { type RemoteAws, startRemoteAws } from '../remote-aws.js';
import type { StepTimes } from '../starts/steps.js';
import { median } from '../statistics.js';

interface Start {
  readonly tookMs: number;
  readonly steps: StepTimes;
}

export async function run({ quick }: RunOptions): Promise<Measured> {
  await using aws = await startRemoteAws();
  const starts: Record<'sdk' | 'ours', Start[]> = { sdk: [], ours: [] };
  for (let round = 0; round < (quick ? 2 : 40); round++) {
    for (const who of ['sdk', 'ours'] as const) starts[who].push(await start(who, aws));
  }
  // Round by round, so that what disturbs a round disturbs both.
  const ratio = median(starts.ours.map(({ tookMs }, round) => tookMs / (starts.sdk[round]?.tookMs ?? Number.NaN)));
  const title = 'process start to first credentials, against fromTemporaryCredentials';
  return {
    rows: [{ title, unit: '×', explicit: 1, ours: ratio, atMost: 1.2 }],
    notes: [`explicit: ${describe(starts.sdk)}`, `ours: ${describe(starts.ours)}`],
  };
}

/** Starts a program and waits for the line that it prints when it has credentials. */
async function start(who: string, { endpoint, region, baseCredentials }: RemoteAws): Promise<Start> {
  const program = fileURLToPath(new URL(`../starts/${who}.js`, import.meta.url));
  const startedAt = performance.now();
  const child = spawn(process.execPath, [program], {
    env: {
      ...cleanEnvironment(),
      AWS_REGION: region,
      AWS_ENDPOINT_URL: endpoint,
      AWS_ACCESS_KEY_ID: baseCredentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: baseCredentials.secretAccessKey,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const closed = once(child, 'close');
  const [line] = (await Promise.race([once(child.stdout, 'data'), closed])) as [Buffer | number];
  const tookMs = performance.now() - startedAt;
  await closed;
  if (!(line instanceof Buffer)) throw new Error(`The program '${who}' ended without credentials.`);
  return { tookMs, steps: JSON.parse(line.toString()) as StepTimes };
}

function medianOf(starts: readonly Start[]): number {
  return median(starts.map(({ tookMs }) => tookMs));
}

function describe(starts: readonly Start[]): string {
  const names = Object.keys(starts[0]?.steps ?? {});
  const times = names.map(
    (name) => `${name} ${median(starts.map(({ steps }) => steps[name] ?? Number.NaN)).toFixed(0)}`,
  );
  return `${medianOf(starts).toFixed(0)} ms (${times.join(', ')})`;
}
