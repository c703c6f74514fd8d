/** A constant stream of requests that does not wait for answers: what a busy server puts on its clients. */
import { setTimeout as sleep } from 'node:timers/promises';
import { ListBucketsCommand, type S3Client } from '@aws-sdk/client-s3';

/** What became of one request. */
export interface Sample {
  /** Until it was signed and went to the network; before that it waited for credentials. Absent if it never did. */
  sentAfterMs?: number;
  /** Absent while it has not settled. */
  tookMs?: number;
  error?: unknown;
}

/** How much load, and for how long. */
export interface LoadSettings {
  /** They take turns. */
  readonly clients: readonly S3Client[];
  readonly perSecond: number;
  readonly seconds: number;
  /** How long the last requests are given to settle. */
  readonly graceMs: number;
}

/** Resolves when every request has settled, or after the grace. */
export async function applyLoad({ clients, perSecond, seconds, graceMs }: LoadSettings): Promise<Sample[]> {
  const samples: Sample[] = [];
  const running: Promise<void>[] = [];
  const startedAt = performance.now();
  const total = perSecond * seconds;
  while (samples.length < total) {
    const due = Math.min(total, Math.floor(((performance.now() - startedAt) * perSecond) / 1000));
    while (samples.length < due) {
      const sample: Sample = {};
      running.push(observe(sample, clients[samples.length % clients.length] as S3Client));
      samples.push(sample);
    }
    await sleep(1);
  }
  await Promise.race([Promise.all(running), sleep(graceMs)]);
  return samples;
}

async function observe(sample: Sample, client: S3Client): Promise<void> {
  const startedAt = performance.now();
  const command = new ListBucketsCommand({});
  command.middlewareStack.add(
    (next) => (args) => {
      sample.sentAfterMs ??= performance.now() - startedAt;
      return next(args);
    },
    { step: 'deserialize', priority: 'low' },
  );
  try {
    await client.send(command);
  } catch (error) {
    sample.error = error;
  }
  sample.tookMs = performance.now() - startedAt;
}

/** Requests that failed or never settled. */
export function countFailed(samples: readonly Sample[]): number {
  return samples.filter(({ tookMs, error }) => tookMs === undefined || error !== undefined).length;
}
