/** How a thousand sessions that start in one moment spread their first refresh, against an even spread over the jitter band. */
import { S3Client } from '@aws-sdk/client-s3';
import { defineStrategy, RefreshableSession } from '@brs/core';
import { ManualClock, settled } from '@brs/testkit';
import type { Measured, Row, RunOptions } from '../figure.js';
import { inChild } from '../in-child.js';

const sessionCount = 1_000;
const lifetimes = [900, 3600] as const;

/** The half of the band between the windows, over which the refreshes spread: a documented property of the windows, in seconds. */
const bandSeconds: Record<(typeof lifetimes)[number], number> = { 900: (300 - 60) / 2, 3600: (900 - 60) / 2 };

export async function run(_options: RunOptions): Promise<Measured> {
  const rows: Row[] = [];
  const notes: string[] = [];
  for (const lifetimeSeconds of lifetimes) {
    const ours = await inChild<number>({ module: import.meta.url, name: 'measureOurs', argument: lifetimeSeconds });
    const sdk = await inChild<number>({ module: import.meta.url, name: 'measureSdk', argument: lifetimeSeconds });
    const even = sessionCount / bandSeconds[lifetimeSeconds];
    rows.push({
      title: `${sessionCount} sessions started together, lifetime ${lifetimeSeconds} s: refreshes in the fullest second, against an even spread`,
      unit: '×',
      explicit: sdk / even,
      ours: ours / even,
      atMost: 2,
    });
    notes.push(
      `lifetime ${lifetimeSeconds} s: explicit ${sdk} in one second, ours ${ours}, an even spread ${even.toFixed(1)} ` +
        `over ${bandSeconds[lifetimeSeconds]} s`,
    );
  }
  return { rows, notes };
}

/** Sessions that refresh by themselves, on a clock that is moved by hand; the randomness is the default one. */
export async function measureOurs(lifetimeSeconds: number): Promise<number> {
  const clock = new ManualClock();
  const seconds: number[] = [];
  const start = (): RefreshableSession => {
    let generation = 0;
    const strategy = defineStrategy({
      name: 'spread',
      acquire: () => {
        if (++generation === 2) seconds.push(Math.floor(clock.now() / 1000));
        return Promise.resolve(credentials(clock.now() + lifetimeSeconds * 1000));
      },
    });
    return new RefreshableSession({ strategy, clock, deferRefresh: false });
  };
  const sessions = Array.from({ length: sessionCount }, start);
  await settled();
  await clock.advance(lifetimeSeconds * 1000);
  await Promise.all(sessions.map((session) => session.close()));
  if (seconds.length !== sessionCount) throw new Error(`Only ${seconds.length} sessions have refreshed.`);
  return fullest(seconds);
}

/** SDK clients with a provider each, asked once a second. The SDK reads the machine's clock, which is replaced in this process. */
export async function measureSdk(lifetimeSeconds: number): Promise<number> {
  let now = Date.now();
  Date.now = () => now;
  const seconds: number[] = [];
  const clients = Array.from({ length: sessionCount }, () => {
    let generation = 0;
    const provider = () => {
      if (++generation === 2) seconds.push(Math.floor(now / 1000));
      return Promise.resolve(credentials(now + lifetimeSeconds * 1000));
    };
    return new S3Client({ region: 'us-east-1', credentials: provider });
  });
  for (let second = 0; second < lifetimeSeconds && seconds.length < sessionCount; second++) {
    for (const client of clients) await client.config.credentials();
    now += 1000;
  }
  return fullest(seconds);
}

function credentials(expiresAt: number) {
  return {
    accessKeyId: 'AKIDBENCH',
    secretAccessKey: 'secret',
    sessionToken: 'token',
    expiration: new Date(expiresAt),
  };
}

/** The most occurrences of one value. */
function fullest(seconds: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const second of seconds) counts.set(second, (counts.get(second) ?? 0) + 1);
  return Math.max(0, ...counts.values());
}
