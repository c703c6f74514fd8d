/** How long a device's refresh takes beside the bare request with the same key, sent by the CRT's own HTTP client. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { bringPrograms } from '@brs-examples/iot-device/debian';
import { RefreshableSession } from '@brs/core';
import '@brs/iot-x509';
import { connect, send } from '../bare-request.js';
import { type BenchDevice, deviceWithFiles, deviceWithToken } from '../devices.js';
import type { Measured, RunOptions } from '../figure.js';
import { type RemoteAwsWithProvider, startRemoteAws } from '../remote-aws.js';
import { median } from '../statistics.js';

const roleAlias = 'bench';
const path = `/role-aliases/${roleAlias}/credentials`;

/** Both ways to do the same, with what has to happen before each, which is not timed. */
interface Pair {
  readonly bare: () => Promise<void>;
  readonly ours: () => Promise<unknown>;
  readonly before?: () => Promise<void>;
}

export async function run({ quick }: RunOptions): Promise<Measured> {
  await bringPrograms(console.error);
  await using aws = await startRemoteAws({ credentialProvider: true });
  await aws.putRoleAlias({ roleAlias, roleArn: 'arn:aws:iam::123456789012:role/bench' });
  const folder = await mkdtemp(join(tmpdir(), 'brs-bench-'));
  try {
    const files = await measure(aws, 'a PEM key', await deviceWithFiles(aws, folder), quick);
    const token = await measure(aws, 'a key in SoftHSM', await deviceWithToken(aws, folder), quick);
    return { rows: [...files.rows, ...token.rows], notes: [...(files.notes ?? []), ...(token.notes ?? [])] };
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function measure(
  aws: RemoteAwsWithProvider,
  key: string,
  device: BenchDevice,
  quick: boolean,
): Promise<Measured> {
  const { host, port, ca } = aws.provider;
  const { identity, context } = device;
  await using session = new RefreshableSession({ method: 'iot-x509', endpoint: host, port, ca, roleAlias, identity });
  const ours = () => session.refresh();
  const kept = await connect(aws, context);
  // So many that most of them run code that is compiled by then.
  const onKept = await compare(aws, { bare: () => send(aws, kept, path), ours }, quick ? 5 : 4000);
  const onNew = await compare(
    aws,
    {
      async bare() {
        const connection = await connect(aws, context);
        await send(aws, connection, path);
        connection.close();
      },
      ours,
      async before() {
        await aws.endConnections();
        // Until both sides have noticed.
        await sleep(5);
      },
    },
    quick ? 5 : 80,
  );
  const title = `refresh with ${key}, against the CRT's bare request`;
  return {
    rows: [
      { title: `${title}, kept connection`, unit: '×', ours: onKept.ratio, atMost: 1.2 },
      { title: `${title}, new connection`, unit: '×', ours: onNew.ratio, atMost: 1.2 },
    ],
    notes: [`${key}, kept connection: ${onKept.note}`, `${key}, new connections: ${onNew.note}`],
  };
}

async function compare(
  aws: RemoteAwsWithProvider,
  pair: Pair,
  rounds: number,
): Promise<{ ratio: number; note: string }> {
  const times = { bare: [] as number[], ours: [] as number[] };
  const handshakes = { bare: 0, ours: 0, resumed: 0 };
  const take = async (who: 'bare' | 'ours', isWarmUp: boolean): Promise<void> => {
    await pair.before?.();
    const before = await aws.handshakes();
    const startedAt = performance.now();
    await pair[who]();
    const tookMs = performance.now() - startedAt;
    if (isWarmUp) return;
    times[who].push(tookMs);
    const { full, resumed } = await aws.handshakes();
    handshakes[who] += full - before.full + resumed - before.resumed;
    handshakes.resumed += resumed - before.resumed;
  };
  const warmUps = Math.ceil(rounds / 10);
  for (let round = -warmUps; round < rounds; round++) {
    // They take turns in being first.
    for (const who of round % 2 === 0 ? (['bare', 'ours'] as const) : (['ours', 'bare'] as const)) {
      await take(who, round < 0);
    }
  }
  return {
    // Round by round, so that what disturbs a round disturbs both.
    ratio: median(times.ours.map((time, round) => time / (times.bare[round] ?? Number.NaN))),
    note:
      `the CRT ${median(times.bare).toFixed(2)} ms, ours ${median(times.ours).toFixed(2)} ms, in ${rounds} rounds with ` +
      `${handshakes.bare} handshakes of the CRT and ${handshakes.ours} of ours (${handshakes.resumed} took up an earlier session)`,
  };
}
