import { defineStrategy, RefreshableSession } from '@brs/core';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { OpenSession } from '../session/open.js';
import { Board } from '../watch/board.js';
import { ServedSession } from './served-session.js';

const set = { accessKeyId: 'ASIA', secretAccessKey: 'secret', sessionToken: 'token' };
const strategy = defineStrategy({ name: 'toy', acquire: () => Promise.resolve(set) });

let [isThere, tries] = [false, 0];
let served: ServedSession;
let told: string[];
beforeEach(() => {
  vi.useFakeTimers();
  [isThere, tries, told] = [false, 0, []];
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    told.push(String(text));
    return true;
  });
  const open = (): OpenSession => {
    tries++;
    if (!isThere) throw new Error('/etc/device.pem has gone');
    const session = new RefreshableSession({ strategy, deferRefresh: false });
    return { session, close: () => session.close() };
  };
  served = new ServedSession({ name: 'one', token: 't', path: '', region: undefined, open, board: new Board(['one']) });
});
afterEach(async () => {
  await served.close();
  vi.restoreAllMocks();
  vi.useRealTimers();
});

it('is opened again where it could not be, until it can, and then has a set with nobody asking', async () => {
  expect(() => served.begin()).toThrow('has gone');
  await vi.advanceTimersByTimeAsync(3_600_000);
  // Once a minute at the least, and not much more often.
  expect(tries).toBeGreaterThan(60);
  expect(tries).toBeLessThan(130);
  expect(told).toEqual(['brs: one: /etc/device.pem has gone. It is tried again.\n']);
  isThere = true;
  await vi.advanceTimersByTimeAsync(60_000);
  expect([served.hasSet, served.route.held.isReady]).toEqual([true, true]);
  expect(told.slice(1)).toEqual(['brs: one: it could be opened.\n']);
  const triesNeeded = tries;
  await vi.advanceTimersByTimeAsync(3_600_000);
  expect(tries).toBe(triesNeeded);
});

it('is tried by those who ask as well, which makes the other tries no more', async () => {
  for (let asked = 0; asked < 10; asked++) expect(() => served.session()).toThrow('has gone');
  await vi.advanceTimersByTimeAsync(1000);
  expect(tries).toBe(11);
  isThere = true;
  served.begin();
  await vi.advanceTimersByTimeAsync(3_600_000);
  expect(tries).toBe(12);
});

it('is not tried any more after the end', async () => {
  expect(() => served.begin()).toThrow('has gone');
  await served.close();
  await vi.advanceTimersByTimeAsync(3_600_000);
  expect(tries).toBe(1);
});
