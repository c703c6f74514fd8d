import { expect, it } from 'vitest';
import type { Link } from './link.js';
import { Pool } from './pool.js';

it('lets nobody wait for a connection whose time is over already', async () => {
  const link = { isReady: true, end: () => undefined } as unknown as Link;
  const pool = new Pool(() => Promise.resolve(link), 1);
  let release = (): void => undefined;
  const using = pool.use(new AbortController().signal, () => new Promise<void>((resolve) => (release = resolve)));
  const late = pool.use(AbortSignal.abort(new Error('too late')), () => Promise.resolve());
  let failure: unknown;
  late.catch((error: unknown) => (failure = error));
  await expect.poll(() => failure).toMatchObject({ message: 'too late' });
  release();
  await using;
});
