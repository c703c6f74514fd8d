import { defineStrategy, RefreshableSession } from '@brs/core';
import { expect, it } from 'vitest';
import { HeldSet } from './held-set.js';

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
    const held = new HeldSet(session, (credentials) => credentials);
    await expect.poll(() => held.isReady).toBe(true);
  },
);
