/** Watches for rejections that nobody handled: a credential library that leaves one takes its user's process down. */
import { afterEach, beforeEach, expect } from 'vitest';
import { settled } from '../../../src/index.js';

/** Makes every test of a file fail that leaves a rejection unhandled. */
export function expectNothingUnhandled(): void {
  const unhandled: unknown[] = [];
  const record = (reason: unknown): void => void unhandled.push(reason);
  beforeEach(() => {
    unhandled.length = 0;
    process.on('unhandledRejection', record);
  });
  afterEach(async () => {
    await settled();
    process.off('unhandledRejection', record);
    expect(unhandled).toEqual([]);
  });
}
