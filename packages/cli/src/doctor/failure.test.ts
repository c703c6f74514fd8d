import { expect, it } from 'vitest';
import { failureOf } from './failure.js';

it('gives the code of an error that has no words, as one for several addresses has', () => {
  const error = Object.assign(new AggregateError([new Error('one'), new Error('two')]), { code: 'ENETUNREACH' });
  expect(failureOf(error)).toEqual({ state: 'failed', found: 'ENETUNREACH', advice: undefined, code: 'ENETUNREACH' });
  expect(failureOf(new RangeError())).toMatchObject({ found: 'RangeError' });
  expect(failureOf('text')).toMatchObject({ found: 'Something was thrown that is no error.' });
});
