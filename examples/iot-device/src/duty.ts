/** What a device does all day: it writes to S3, and publishes and receives over both of its connections. It counts what becomes of it. */
import { randomUUID } from 'node:crypto';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import type { SessionMqttClient } from '@brs/mqtt';
import type { Device } from './device.js';

/** What came of one connection. */
export interface MessageCounts {
  published: number;
  /** Of those, the ones that the broker has acknowledged. */
  acknowledged: number;
  /** Of those, the ones that came back to the device. */
  received: number;
  /** How often the connection was made. */
  connections: number;
}

/** What came of a device's day. */
export interface Counts {
  requests: number;
  failed: number;
  refreshes: number;
  refreshFailures: number;
  readonly x509: MessageCounts;
  readonly websocket: MessageCounts;
}

/** A device that is working. */
export interface Duty {
  readonly counts: Counts;
  /** Stops it, and waits for nothing. */
  stop(): void;
  /** Stops it, waits for what is on its way, and says what went wrong. */
  end(): Promise<string[]>;
}

const everyMs = 200;
/** How long acknowledgements and messages that are on their way are waited for, and a first connection. */
const patienceMs = 20_000;

/** Lets a device work until it is ended. `signal` breaks off the wait for its first connections. */
export async function startDuty(
  device: Device,
  { bucket, topic }: { readonly bucket: string | undefined; readonly topic: string },
  signal: AbortSignal,
): Promise<Duty> {
  const counts: Counts = {
    requests: 0,
    failed: 0,
    refreshes: 0,
    refreshFailures: 0,
    x509: { published: 0, acknowledged: 0, received: 0, connections: 0 },
    websocket: { published: 0, acknowledged: 0, received: 0, connections: 0 },
  };
  const problems = new Set<string>();
  const { session, s3 } = device;
  session.on('refreshSucceeded', () => void counts.refreshes++);
  session.on('refreshFailed', ({ error }) => {
    counts.refreshFailures++;
    problems.add(`a refresh failed: ${error.message}`);
  });
  const conversations = await Promise.all(
    (['x509', 'websocket'] as const).map((name) => converse(device[name], `${topic}/${name}`, counts[name], signal)),
  );
  const pending = new Set<Promise<unknown>>();
  const watch = (work: Promise<unknown>, onFailure: (error: Error) => void): void => {
    const settled = work.catch(onFailure).finally(() => pending.delete(settled));
    pending.add(settled);
  };
  const timer = setInterval(() => {
    if (bucket !== undefined) {
      const Key = `${topic}/${String(++counts.requests).padStart(6, '0')}.json`;
      watch(s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body: JSON.stringify(counts) })), (error) => {
        counts.failed++;
        problems.add(`an S3 request failed: ${error.message}`);
      });
    }
    for (const { publish } of conversations) {
      watch(publish(), (error) => problems.add(`a message was not acknowledged: ${error.message}`));
    }
  }, everyMs);

  const stop = (): void => clearInterval(timer);
  return {
    counts,
    stop,
    async end() {
      stop();
      await Promise.race([Promise.all(pending), patience()]);
      for (const { name, missing } of conversations) {
        for (const deadline = Date.now() + patienceMs; missing().length > 0 && Date.now() < deadline;) await pause(50);
        if (missing().length > 0) problems.add(`${missing().length} acknowledged messages never came back (${name})`);
      }
      return [...problems];
    },
  };
}

interface Conversation {
  readonly name: string;
  publish(): Promise<void>;
  /** The acknowledged messages that have not come back yet. */
  missing(): string[];
}

/** Connects, subscribes to what the device itself publishes, and keeps the books. */
async function converse(
  client: SessionMqttClient,
  topic: string,
  counts: MessageCounts,
  signal: AbortSignal,
): Promise<Conversation> {
  // What an earlier run left at the broker is not this one's.
  const run = randomUUID();
  const acknowledged = new Set<string>();
  const received = new Set<string>();
  client.on('messageReceived', ({ message }) => {
    const payload = Buffer.from(message.payload as ArrayBuffer).toString();
    if (payload.startsWith(run)) counts.received = received.add(payload).size;
  });
  let failure = 'no answer';
  client.on('connectionFailure', ({ error }) => (failure = error.error_name ?? 'no reason'));
  await new Promise<void>((resolve, reject) => {
    client.on('connectionSuccess', ({ connack }) => {
      counts.connections++;
      if (connack.sessionPresent) resolve();
      else client.subscribe({ subscriptions: [{ topicFilter: topic, qos: 1 }] }).then(() => resolve(), reject);
    });
    void patience().then(() =>
      reject(new Error(`No MQTT connection for ${topic} within ${patienceMs / 1000} s: ${failure}.`)),
    );
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
    client.start();
  });
  return {
    name: topic,
    async publish() {
      const payload = `${run} ${++counts.published}`;
      await client.publish({ topicName: topic, payload, qos: 1 });
      counts.acknowledged = acknowledged.add(payload).size;
    },
    missing: () => [...acknowledged].filter((payload) => !received.has(payload)),
  };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Waits as long as there is patience, and keeps no process alive for it. */
function patience(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, patienceMs).unref());
}
