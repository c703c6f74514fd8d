/** Runs the built program as a shell would. */
import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { debianProgram } from '@brs-tests/support/debian';
import { expect, test } from 'vitest';
import type { DeviceOutcome } from '../src/run.js';

const program = fileURLToPath(new URL('../dist/index.js', import.meta.url));

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function run(...args: string[]): Promise<Ended> {
  try {
    return { code: 0, ...(await promisify(execFile)(process.execPath, [program, ...args])) };
  } catch (error) {
    return error as Ended;
  }
}

async function leftovers(): Promise<string[]> {
  return (await readdir(tmpdir())).filter((name) => name.startsWith('brs-iot-device-'));
}

/** The program installs them as root alone; on CI that may take `sudo`. */
const programs = [
  await debianProgram('softhsm2-util', 'softhsm2'),
  await debianProgram('pkcs11-tool', 'opensc'),
  await debianProgram('mosquitto', 'mosquitto'),
];

test.skipIf(programs.includes(undefined))(
  'both devices work through expiries and restarts of the broker, and leave nothing behind',
  async () => {
    const before = await leftovers();
    const { code, stdout, stderr } = await run('--json', '--seconds', '10');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const outcome = JSON.parse(stdout) as {
      readonly worked: boolean;
      readonly brokerRestarts: number;
      readonly devices: Readonly<Record<'pem' | 'hsm', DeviceOutcome>>;
    };
    expect(outcome).toMatchObject({ worked: true, brokerRestarts: 2 });
    for (const { failed, refreshes, x509, websocket, problems } of [outcome.devices.pem, outcome.devices.hsm]) {
      expect({ failed, problems }).toEqual({ failed: 0, problems: [] });
      expect(refreshes).toBeGreaterThan(1);
      for (const { acknowledged, received, connections } of [x509, websocket]) {
        expect(received).toBe(acknowledged);
        expect(connections).toBeGreaterThan(outcome.brokerRestarts);
      }
    }
    expect(await leftovers()).toEqual(before);
  },
);

test('a wrong option is refused before anything is started', async () => {
  expect(await run('--seconds', '1')).toMatchObject({
    code: 2,
    stdout: '',
    stderr: '--seconds must be a number from 5 to 3600\nTry --help.\n',
  });
});
