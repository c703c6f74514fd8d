/** Runs the built program as a shell would. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { debianProgram } from '@brs-tests/support/debian';
import { startLocalAws } from '@brs/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DeviceOutcome } from '../src/run.js';

const program = fileURLToPath(new URL('../dist/index.js', import.meta.url));

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function run(...args: string[]): Promise<Ended> {
  try {
    return { code: 0, ...(await promisify(execFile)(process.execPath, [program, ...args], { env })) };
  } catch (error) {
    return error as Ended;
  }
}

/** What the program makes for its time. */
const temporary = await mkdtemp(join(tmpdir(), 'brs-device-tests-'));
const env = { ...process.env, TMPDIR: temporary };
afterAll(() => rm(temporary, { recursive: true }));

/** The program installs them as root alone; on CI that may take `sudo`. */
const programs = [
  await debianProgram('softhsm2-util', 'softhsm2'),
  await debianProgram('pkcs11-tool', 'opensc'),
  await debianProgram('mosquitto', 'mosquitto'),
];

test.skipIf(programs.includes(undefined))(
  'both devices work through expiries and restarts of the broker, and leave nothing behind',
  async () => {
    const { code, stdout, stderr } = await run('--json', '--seconds', '12');
    expect(stderr).toBe('');
    const outcome = JSON.parse(stdout) as {
      readonly worked: boolean;
      readonly brokerRestarts: number;
      readonly devices: Readonly<Record<'pem' | 'hsm', DeviceOutcome>>;
    };
    for (const { failed, refreshes, x509, websocket, problems } of [outcome.devices.pem, outcome.devices.hsm]) {
      expect({ failed, problems }).toEqual({ failed: 0, problems: [] });
      expect(refreshes).toBeGreaterThan(1);
      for (const { acknowledged, received, connections } of [x509, websocket]) {
        expect(received).toBe(acknowledged);
        expect(connections).toBeGreaterThan(outcome.brokerRestarts);
      }
    }
    expect({ code, ...outcome }).toMatchObject({ code: 0, worked: true, brokerRestarts: 2 });
    expect(await readdir(temporary)).toEqual([]);
  },
);

test.skipIf(programs.includes(undefined))('a signal ends it, and nothing is left behind', async () => {
  const child = spawn(process.execPath, [program, '--seconds', '3600'], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let stderr = '';
  child.stderr.on('data', (text: Buffer) => (stderr += text.toString()));
  const ended = once(child, 'exit');
  await new Promise<void>((resolve) => {
    child.stdout.on('data', (text: Buffer) => text.includes('hsm  works') && resolve());
  });
  const folders = await readdir(temporary);
  expect(folders).toHaveLength(1);
  child.kill('SIGTERM');
  expect([await ended, stderr]).toEqual([[143, null], 'Stopped by SIGTERM.\n']);
  expect(await readdir(temporary)).toEqual([]);
  expect(await commandsWith(folders[0]!)).toEqual([]);
});

/** The command lines of this machine that name a folder. */
async function commandsWith(folder: string): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  // A process may end while this looks.
  const commands = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')));
  return commands.filter((command) => command.includes(folder));
}

describe('a device of your own that cannot work is told why, in words', () => {
  let folder: string;
  let device: string[];
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'brs-own-device-'));
    await using aws = await startLocalAws({ credentialProvider: true });
    const { certificate, privateKey } = await aws.credentialProvider.createDevice();
    await writeFile(join(folder, 'device.pem'), certificate);
    await writeFile(join(folder, 'key.pem'), privateKey, { mode: 0o600 });
    await writeFile(join(folder, 'pin'), '123456', { mode: 0o600 });
    device = ['--region', 'eu-west-1', '--role-alias', 'device', '--certificate', join(folder, 'device.pem')];
    device.push('--data-endpoint', 'broker.invalid');
  });
  afterAll(() => rm(folder, { recursive: true }));
  const inFile = () => ['--private-key', join(folder, 'key.pem')];
  const inToken = () => [
    '--module',
    '/nonexistent/hsm.so',
    '--token',
    'a',
    '--key',
    'b',
    '--pin-file',
    join(folder, 'pin'),
  ];

  test.each<[string, () => string[], RegExp]>([
    [
      'no such host',
      () => ['--endpoint', 'provider.invalid', ...inFile()],
      /^The source of 'iot-x509' failed.*\nThe request failed: there was no connection \(E\w+\)\.\n.*\nCheck the network/,
    ],
    [
      'the data endpoint',
      () => ['--endpoint', 'a2x-ats.iot.eu-west-1.amazonaws.com', ...inFile()],
      /is the data endpoint.*\nGet the credential endpoint with: aws iot describe-endpoint/,
    ],
    [
      'no such key',
      () => ['--endpoint', 'provider.invalid', '--private-key', '/nonexistent/key.pem'],
      /`privateKey`.*ENOENT/,
    ],
    [
      'no such module',
      () => ['--endpoint', 'provider.invalid', ...inToken()],
      /^There is no PKCS#11 module .*hsm\.so[^]*\nGive the path of the module/,
    ],
  ])('%s', async (_, more, message) => {
    const { code, stdout, stderr } = await run(...device, ...more(), '--json');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(message);
    // No stack.
    expect(stderr).not.toMatch(/^ +at /m);
  });
});

test('a wrong option is refused before anything is started', async () => {
  expect(await run('--seconds', '9')).toMatchObject({
    code: 2,
    stdout: '',
    stderr: '--seconds must be a number from 10 to 3600\nTry --help.\n',
  });
});
