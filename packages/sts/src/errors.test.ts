import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { StsError } from './errors.js';

const failure = { kind: 'terminal', hint: 'Check it.' } as const;

describe('instanceof StsError', () => {
  it('is true for an error of another copy of this module, such as the ESM and the CommonJS one', async () => {
    // The query makes it another module for the loader.
    const copy = (await import(/* @vite-ignore */ './errors.js?copy' as './errors.js')).StsError;
    expect(copy).not.toBe(StsError);
    expect(new copy('AccessDenied', 'refused', failure)).toBeInstanceOf(StsError);
    expect(new StsError('AccessDenied', 'refused', failure)).toBeInstanceOf(copy);
  });

  it.each([new Error('other'), { code: 'AccessDenied' }, null, undefined, 'text', StsError])(
    'is false for %s',
    (value) => {
      expect(value instanceof (StsError as unknown as new () => unknown)).toBe(false);
    },
  );
});

it('says what it is, and has nothing where there was no answer', () => {
  const error = new StsError('AccessDenied', 'refused', failure, { status: 403, requestId: 'id' });
  expect(error).toMatchObject({ name: 'AccessDenied', code: 'AccessDenied', failure, status: 403, requestId: 'id' });
  expect(inspect(error)).toContain('AccessDenied: refused');
  expect(Object.keys(new StsError('AccessDenied', 'refused', failure)).sort()).toEqual(['code', 'failure', 'name']);
});

it('has its cause, and keeps that out of JSON: it is an error of somebody else, and may hold anything', () => {
  const cause = Object.assign(new Error('outer'), { config: { headers: { authorization: 'secret' } } });
  const error = new StsError('RequestNotMade', 'failed', failure, { cause });
  expect(error.cause).toBe(cause);
  expect(JSON.stringify(error)).not.toContain('secret');
});
