import { expect, it } from 'vitest';
import { closeAll } from './close-all.js';

it('closes what comes after one that fails, and tells of the first', async () => {
  const closed: string[] = [];
  const part = (name: string, error?: Error) => ({
    close(): Promise<void> {
      closed.push(name);
      return error ? Promise.reject(error) : Promise.resolve();
    },
  });
  const parts = [part('one'), part('two', new Error('two')), part('three', new Error('three')), part('four')];
  await expect(closeAll(parts)).rejects.toThrow('two');
  expect(closed).toEqual(['one', 'two', 'three', 'four']);
});
