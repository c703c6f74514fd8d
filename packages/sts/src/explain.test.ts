import { inspect } from 'node:util';
import { expect, it } from 'vitest';
import { explain } from './explain.js';

it('keeps nothing of the command line of a base, nor of what that has printed', () => {
  const thrown = new Error('Command failed: helper --password planted\nplanted\n');
  const error = explain(thrown, 'assumeRole', {}, {});
  expect(error).toMatchObject({ code: 'RequestNotMade', message: 'assumeRole failed: Command failed' });
  expect(inspect(error, { depth: 9 })).not.toContain('planted');
});

it('keeps the first line and the error of anything else', () => {
  const thrown = new Error('Could not load credentials\nfrom any providers');
  const error = explain(thrown, 'assumeRole', {}, {});
  expect(error).toMatchObject({ message: 'assumeRole failed: Could not load credentials', cause: thrown });
});
