import { once } from 'node:events';
import { existsSync, mkdirSync, rmdirSync, rmSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { expect, it, vi } from 'vitest';
import { openDoorway } from './doorway.js';

it('is in a directory that nobody else can enter, for one, and leaves nothing behind', async () => {
  const { address, port, entered, close } = await openDoorway();
  expect(port).toBeUndefined();
  const directory = dirname(address);
  expect(statSync(directory).mode & 0o777).toBe(0o700);
  const first = connect(address);
  await expect.poll(() => existsSync(directory)).toBe(false);
  let isOpen = false;
  void entered.then(() => (isOpen = true));
  await setImmediate();
  expect(isOpen).toBe(false);
  first.write('hello');
  const socket = await entered;
  expect(String((await once(socket.ref(), 'data'))[0])).toBe('hello');
  first.destroy();
  socket.destroy();
  close();
});

it('leaves nothing behind when nobody came', async () => {
  const { address, close } = await openDoorway();
  close();
  close();
  expect(existsSync(dirname(address))).toBe(false);
});

it('closes also when its directory was taken away', async () => {
  const { address, close } = await openDoorway();
  rmSync(dirname(address), { recursive: true });
  expect(close).not.toThrow();
});

it.each([
  ['is none', '/nonexistent'],
  ['has too long a path', join(tmpdir(), 'brs-doorway-test'.padEnd(120, '-'))],
])('is on loopback where a directory for temporary files %s', async (_, path) => {
  if (path !== '/nonexistent') mkdirSync(path);
  vi.stubEnv('TMPDIR', path);
  const { address, port, entered, close } = await openDoorway();
  expect(address).toBe('127.0.0.1');
  const first = connect(port as number, address);
  first.write('hello');
  (await entered).destroy();
  first.destroy();
  close();
  await expect(once(connect(port as number, address), 'connect')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  // Nothing is left in it.
  if (path !== '/nonexistent') rmdirSync(path);
});
