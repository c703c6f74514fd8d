import { describe, expect, it } from 'vitest';
import { totp, type TotpOptions } from './totp.js';

describe('totp() names what is wrong with its argument', () => {
  it.each([
    [undefined, 'totp', /`totp` is required/],
    [null, 'totp', /must be an object, got null/],
    ['JBSWY3DPEHPK3PXP', 'totp', /must be an object, got string/],
    [{}, 'totp.secret', /is required/],
    [{ secret: 'JBSWY3DPEHPK3PXP' }, 'totp.secret', /must be a function, got string/],
    [{ secret: () => '', digits: 8 }, 'totp.digits', /is unknown/],
  ])('%j', (options, option, problem) => {
    let thrown: unknown;
    try {
      totp(options as unknown as TotpOptions);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toMatchObject({ code: 'INVALID_OPTIONS', option, message: expect.stringMatching(problem) });
    expect((thrown as Error).message).not.toContain('JBSWY');
  });
});
