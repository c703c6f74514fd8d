/** One run: the devices are set up, say who they are, work through expiries and restarts of the broker, and are closed. */
import { setTimeout as delay } from 'node:timers/promises';
import { type Device, setUp } from './device.js';
import { type Counts, type Duty, startDuty } from './duty.js';
import type { Site } from './site.js';

/** What came of a device. */
export interface DeviceOutcome extends Counts {
  readonly name: string;
  /** Who it is for AWS. */
  readonly arn: string;
  /** What went wrong; nothing, if all worked. */
  readonly problems: readonly string[];
}

/** What came of the run. */
export interface Outcome {
  readonly devices: readonly DeviceOutcome[];
  readonly brokerRestarts: number;
}

/** When the broker is restarted, as parts of the run. */
const restartsAt = [0.35, 0.7];

/** Runs it, until `signal` breaks it off with its reason. `tell` is called with what happens. */
export async function run(
  site: Site,
  seconds: number,
  tell: (text: string) => void,
  signal: AbortSignal,
): Promise<Outcome> {
  const working: { readonly name: string; readonly arn: string; readonly duty: Duty }[] = [];
  const sessions: Device['session'][] = [];
  let brokerRestarts = 0;
  try {
    for (const { name, thingName, identity } of site.participants) {
      signal.throwIfAborted();
      const device = await setUp(name, identity, { ...site.surroundings, thingName });
      sessions.push(device.session);
      const { arn = '' } = await device.session.whoami({ signal });
      tell(`${name}  is ${arn}`);
      const duty = await startDuty(device, { bucket: site.bucket, topic: `${site.topic}/${name}` }, signal);
      tell(`${name}  works: S3, MQTT with its certificate, MQTT over WebSocket with its credentials.`);
      device.session.on('refreshSucceeded', ({ durationMs }) =>
        tell(`${name}  has new credentials, after ${durationMs} ms.`),
      );
      working.push({ name, arn, duty });
    }
    let passed = 0;
    for (const part of site.restartBroker ? restartsAt : []) {
      await wait((part - passed) * seconds * 1000, signal);
      passed = part;
      tell('The broker is restarted.');
      await site.restartBroker?.();
      brokerRestarts++;
    }
    await wait((1 - passed) * seconds * 1000, signal);
    const devices = working.map(async ({ name, arn, duty }): Promise<DeviceOutcome> => {
      const problems = [...(await duty.end()), ...shortfalls(duty.counts, brokerRestarts)];
      return { name, arn, problems, ...duty.counts };
    });
    return { devices: await Promise.all(devices), brokerRestarts };
  } finally {
    for (const { duty } of working) duty.stop();
    await Promise.all(sessions.map((session) => session.close()));
  }
}

/** Waits. It is only the signal that breaks it off. */
async function wait(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal }).catch(() => signal.throwIfAborted());
}

/** What should have happened and has not. */
function shortfalls(counts: Counts, brokerRestarts: number): string[] {
  const missing: string[] = [];
  for (const name of ['x509', 'websocket'] as const) {
    const { connections, published, acknowledged, received } = counts[name];
    if (published === 0 || acknowledged < published || received === 0)
      missing.push(`not every message got through (${name})`);
    if (connections <= brokerRestarts) missing.push(`the connection did not come back after every restart (${name})`);
  }
  if (brokerRestarts > 0 && counts.refreshes < 2) missing.push('the credentials were not refreshed');
  return missing;
}
