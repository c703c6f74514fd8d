/** What a session holds that does nothing: without clients, with one set in hand. */
import { randomBytes } from 'node:crypto';
import { RefreshableSession } from '@brs/core';
import '@brs/custom';
import type { Measured, RunOptions } from '../figure.js';
import { inChild } from '../in-child.js';

export async function run({ quick }: RunOptions): Promise<Measured> {
  const sessions = quick ? 1_000 : 10_000;
  const bytes = await inChild<number>({
    module: import.meta.url,
    name: 'measure',
    argument: sessions,
    nodeOptions: ['--expose-gc'],
  });
  const title = `heap for one idle session without clients, over ${sessions}`;
  return { rows: [{ title, unit: 'bytes', ours: bytes, atMost: 3 * 1024 }] };
}

export async function measure(count: number): Promise<number> {
  // The first ones pay for code and hidden classes, which are no session's own.
  const warmUp = await openSessions(200);
  const before = heapInUse();
  const sessions = await openSessions(count);
  const after = heapInUse();
  await Promise.all([...warmUp, ...sessions].map((session) => session.close()));
  return (after - before) / count;
}

async function openSessions(count: number): Promise<RefreshableSession[]> {
  const sessions = Array.from({ length: count }, () => new RefreshableSession({ method: 'custom', source: issue }));
  await Promise.all(sessions.map((session) => session.getCredentials()));
  return sessions;
}

/** A set as long as STS gives them, other text for every session. */
function issue() {
  return {
    accessKeyId: `ASIA${randomBytes(8).toString('hex').toUpperCase()}`,
    secretAccessKey: randomBytes(30).toString('base64'),
    sessionToken: randomBytes(288).toString('base64'),
    expiration: new Date(Date.now() + 3_600_000),
  };
}

function heapInUse(): number {
  for (let pass = 0; pass < 4; pass++) globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}
