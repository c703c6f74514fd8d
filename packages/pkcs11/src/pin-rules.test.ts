import { describe, expect, it } from 'vitest';
import { refuseUntried } from './pin-rules.js';
import type { Token } from './tokens.js';

const token: Token = {
  label: 'gate',
  serial: '1',
  manufacturer: 'Acme',
  model: 'One',
  slot: 0,
  initialized: true,
  loginRequired: true,
  userPinInitialized: true,
  pinPad: false,
  pinTries: 'ok',
  pinToBeChanged: false,
  writeProtected: false,
};

describe('refuseUntried', () => {
  it.each<[string, Partial<Token>]>([
    ['a token that says nothing', {}],
    ['a token that counts', { pinTries: 'low' }],
  ])('lets a PIN be presented to %s', (_, said) => {
    expect(() => refuseUntried({ ...token, ...said }, false)).not.toThrow();
  });

  it.each<[string, Partial<Token>, string]>([
    ['has no PIN', { userPinInitialized: false }, 'TOKEN_NOT_INITIALIZED'],
    ['is locked', { pinTries: 'locked' }, 'PIN_LOCKED'],
    ['has one try left', { pinTries: 'final try' }, 'PIN_FINAL_TRY'],
    ['wants a new PIN', { pinToBeChanged: true }, 'PIN_EXPIRED'],
  ])('presents nothing to a token that %s', (_, said, code) => {
    expect(() => refuseUntried({ ...token, ...said }, false)).toThrow(expect.objectContaining({ code }));
  });

  it('uses the final try where it was told to, and never one that is not there', () => {
    expect(() => refuseUntried({ ...token, pinTries: 'final try' }, true)).not.toThrow();
    expect(() => refuseUntried({ ...token, pinTries: 'locked' }, true)).toThrow('is locked');
  });
});
