import { RefreshableSession } from '@brs/core';
import { expect, it, onTestFinished, vi } from 'vitest';
import { Issuer } from '../test/support/issuer.js';
import { endWith, patienceMs } from './session-end.js';

function setUp(dispose: () => Promise<void>) {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const session = new RefreshableSession({ strategy: new Issuer().strategy() });
  const unsubscribe = endWith(session, dispose);
  let closed = false;
  const close = () => void session.close().then(() => (closed = true));
  return { unsubscribe, close, isClosed: () => closed };
}

it('the session waits for a client that ends, and leaves no timer behind', async () => {
  let end = (): void => {};
  const { close, isClosed } = setUp(() => new Promise((resolve) => (end = resolve)));
  close();
  await vi.advanceTimersByTimeAsync(100);
  expect(isClosed()).toBe(false);
  end();
  await vi.advanceTimersByTimeAsync(0);
  expect(isClosed()).toBe(true);
  expect(vi.getTimerCount()).toBe(0);
});

it('the session does not wait for ever', async () => {
  const { close, isClosed } = setUp(() => new Promise(() => {}));
  close();
  await vi.advanceTimersByTimeAsync(patienceMs - 1);
  expect(isClosed()).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  expect(isClosed()).toBe(true);
});

it('a client that has ended before is none of its business', async () => {
  const dispose = vi.fn(() => Promise.resolve());
  const { unsubscribe, close, isClosed } = setUp(dispose);
  unsubscribe();
  close();
  await vi.advanceTimersByTimeAsync(0);
  expect(isClosed()).toBe(true);
  expect(dispose).not.toHaveBeenCalled();
});
