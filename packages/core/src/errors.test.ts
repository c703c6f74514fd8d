import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import * as core from './index.js';
import { brandError, isSessionError } from './errors.js';

const classes = Object.entries(core).filter(([name]) => name.endsWith('Error') && name !== 'isSessionError') as [
  string,
  new (message: string, details?: object) => core.SessionError,
][];

describe('the errors', () => {
  it('are a closed set, each with a name and a code of its own', () => {
    const errors = classes.map(([, ErrorClass]) => new ErrorClass('message', {}));
    expect(errors.map(({ name }) => name)).toEqual(classes.map(([name]) => name));
    expect(errors.map(({ code }) => code).sort()).toEqual([
      'CREDENTIALS_DENIED',
      'CREDENTIALS_EXPIRED',
      'INVALID_CREDENTIALS',
      'INVALID_OPTIONS',
      'INVALID_STRATEGY',
      'METHOD_CONFLICT',
      'NO_DEFAULT_SESSION',
      'REFRESH_FAILED',
      'REFRESH_TIMEOUT',
      'SESSION_CLOSED',
      'UNKNOWN_METHOD',
    ]);
  });

  it('keep their cause, whatever it is, and have a hint only where there is one', () => {
    for (const cause of [new Error('inner'), undefined, null, 'text']) {
      const error = new core.RefreshFailedError('outer', { cause });
      expect('cause' in error).toBe(true);
      expect(error.cause).toBe(cause);
      expect('hint' in error).toBe(false);
    }
    expect('cause' in new core.RefreshFailedError('alone')).toBe(false);
    expect(new core.CredentialsDeniedError('no', { hint: 'do this' }).hint).toBe('do this');
  });

  it('show code, hint and cause when they are printed', () => {
    const shown = inspect(new core.CredentialsDeniedError('no', { hint: 'do this', cause: new Error('inner') }));
    for (const part of ['CredentialsDeniedError: no', 'CREDENTIALS_DENIED', 'do this', 'inner'])
      expect(shown).toContain(part);
  });

  it('InvalidOptionsError says the option', () => {
    expect(new core.InvalidOptionsError('a.b', 'must be kept')).toMatchObject({
      option: 'a.b',
      message: 'Option `a.b` must be kept.',
    });
  });
});

describe('isSessionError', () => {
  it('knows every error of ours', () => {
    for (const [, ErrorClass] of classes) expect(isSessionError(new ErrorClass('message', {}))).toBe(true);
  });

  it('knows one that was marked on its way into an SDK client', () => {
    const error = new Error('of another class');
    expect(isSessionError(error)).toBe(false);
    brandError(error);
    expect(isSessionError(error)).toBe(true);
    expect(Object.keys(error)).toEqual([]);
  });

  it.each([
    undefined,
    null,
    'REFRESH_FAILED',
    { code: 'REFRESH_FAILED' },
    { [Symbol.for('@brs/core/error')]: true },
    new Error('REFRESH_FAILED'),
  ])('is not taken in by %o', (value) => {
    expect(isSessionError(value)).toBe(false);
  });
});
