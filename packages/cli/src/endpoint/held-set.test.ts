import { defineStrategy, RefreshableSession } from '@brs/core';
import { afterEach, expect, it, vi } from 'vitest';
import { type GuardedServer, listen } from './guarded-server.js';
import { HeldSet } from './held-set.js';

let server: GuardedServer | undefined;
afterEach(async () => {
  vi.useRealTimers();
  await server?.close();
});

it.each([undefined, new Date(Date.now() + 3_600_000)])(
  'has the set that came before it was there (expires: %s)',
  async (expiration) => {
    const strategy = defineStrategy({
      name: 'toy',
      acquire: async () => ({ accessKeyId: 'AKIDTOY', secretAccessKey: 'secret', sessionToken: 'token', expiration }),
      identity: async () => ({ method: 'toy' }),
      classify: () => ({ kind: 'recoverable' }),
    });
    await using session = new RefreshableSession({ strategy });
    await session.ready();
    const held = new HeldSet(
      () => session,
      (credentials) => credentials,
    );
    held.begin();
    await expect.poll(() => held.isReady).toBe(true);
  },
);

it('gives no set that has expired, also where the session serves those to its own callers', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  let asked = 0;
  const strategy = defineStrategy({
    name: 'toy',
    acquire: async () => {
      if (asked++ > 0) throw new Error('down');
      const expiration = new Date(Date.now() + 3_600_000);
      return { accessKeyId: 'AKIDTOY', secretAccessKey: 'secret', sessionToken: 'token', expiration };
    },
    classify: () => ({ kind: 'recoverable' }),
  });
  await using session = new RefreshableSession({ strategy, expiredCredentials: 'serve' });
  await session.ready();
  const held = new HeldSet(
    () => session,
    (credentials) => credentials,
  );
  server = await listen((_, response) => {
    held.answer(response);
    return 'admitted';
  });
  vi.setSystemTime(Date.now() + 7_200_000);
  expect((await session.getCredentials()).accessKeyId).toBe('AKIDTOY');
  const answer = await fetch(server.origin);
  expect([answer.status, await answer.json()]).toEqual([
    503,
    { code: 'ServiceUnavailable', message: 'CREDENTIALS_EXPIRED' },
  ]);
});
