/** Says what came of a run: a table for people, an object for programs. */
import type { Outcome } from './run.js';

/** Whether all of it worked. */
export function hasWorked({ devices }: Outcome): boolean {
  return devices.length > 0 && devices.every(({ problems }) => problems.length === 0);
}

/** For programs. */
export function toJson(outcome: Outcome): object {
  const devices: Record<string, object> = {};
  for (const { name, ...device } of outcome.devices) devices[name] = device;
  return { worked: hasWorked(outcome), brokerRestarts: outcome.brokerRestarts, devices };
}

/** For people. */
export function drawTable(outcome: Outcome): string[] {
  const { devices, brokerRestarts } = outcome;
  const row = (title: string, values: readonly (string | number)[]): string =>
    title.padEnd(44) + values.map((value) => String(value).padStart(10)).join('');
  const sum = (title: string, value: (device: Outcome['devices'][number]) => string | number): string =>
    row(title, devices.map(value));
  return [
    sum('', ({ name }) => name),
    sum('times that credentials came', ({ refreshes }) => refreshes),
    sum('refreshes that failed', ({ refreshFailures }) => refreshFailures),
    sum('requests to S3', ({ requests }) => requests),
    sum('  failed', ({ failed }) => failed),
    ...(['x509', 'websocket'] as const).flatMap((name) => [
      sum(
        `messages, MQTT 5 ${name === 'x509' ? 'with the certificate' : 'over WebSocket'}`,
        (device) => device[name].published,
      ),
      sum('  acknowledged', (device) => device[name].acknowledged),
      sum('  came back', (device) => device[name].received),
      sum('  connections', (device) => device[name].connections),
    ]),
    row('restarts of the broker', [brokerRestarts]),
  ];
}
