import { describe, expect, it } from 'vitest';
import { isRv, Pkcs11Error, rvOf, tokenFailure } from './errors.js';

describe('Pkcs11Error', () => {
  it('carries code, hint, class, cause, and what the module returned', () => {
    const cause = new Error('CKR_PIN_INCORRECT');
    const error = new Pkcs11Error('PIN_INCORRECT', 'No.', 'Give the right one.', cause);
    expect(error).toMatchObject({ name: 'Pkcs11Error', code: 'PIN_INCORRECT', rv: 'CKR_PIN_INCORRECT', cause });
    expect(error.failure).toEqual({ kind: 'terminal', hint: 'Give the right one.' });
    expect(new Pkcs11Error('TOKEN_FAILED', 'No.', 'Wait.').failure).toEqual({ kind: 'recoverable', hint: 'Wait.' });
  });

  it('is known to another copy of the package', () => {
    const brand = Symbol.for('@brs/pkcs11/error');
    expect({ [brand]: true }).toBeInstanceOf(Pkcs11Error);
    expect(new Error('no')).not.toBeInstanceOf(Pkcs11Error);
    expect(null).not.toBeInstanceOf(Pkcs11Error);
  });
});

describe('tokenFailure', () => {
  it('names what was done and what the module returned', () => {
    const error = tokenFailure('Signing', new Error('CKR_FUNCTION_FAILED'));
    expect(error).toMatchObject({ code: 'TOKEN_FAILED', rv: 'CKR_FUNCTION_FAILED' });
    expect(error.message).toBe('Signing failed: the module returned CKR_FUNCTION_FAILED.');
  });

  it('says of a token that is gone that inserting it heals', () => {
    expect(tokenFailure('Signing', new Error('CKR_DEVICE_REMOVED'))).toMatchObject({
      hint: expect.stringContaining('Insert it again'),
    });
  });

  it('hands on errors that are ours, and those that are none of a module', () => {
    const ours = new Pkcs11Error('KEY_NOT_FOUND', 'No.', 'Look.');
    const other = new TypeError('no');
    expect(tokenFailure('Signing', ours)).toBe(ours);
    expect(tokenFailure('Signing', other)).toBe(other);
  });

  it('knows the names that modules return', () => {
    expect(rvOf(new Error('CKR_OK'))).toBe('CKR_OK');
    expect(rvOf(new Error('it says CKR_OK'))).toBeUndefined();
    expect(isRv(new Error('CKR_OK'), 'CKR_CANCEL', 'CKR_OK')).toBe(true);
    expect(isRv('CKR_OK', 'CKR_OK')).toBe(false);
  });
});
