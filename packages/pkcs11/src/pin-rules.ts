/** What a token says of PINs: whether one may be presented, and what a refused login means for the next. */
import { Pkcs11Error, rvOf } from './errors.js';
import type { Token } from './tokens.js';

/** Refusals that presenting the PIN again cannot cure. */
const refusals: Readonly<Record<string, readonly ['PIN_INCORRECT' | 'PIN_LOCKED' | 'PIN_EXPIRED', string]>> = {
  CKR_PIN_INCORRECT: ['PIN_INCORRECT', 'refused the PIN'],
  CKR_PIN_INVALID: ['PIN_INCORRECT', 'refused the PIN: it has characters that a PIN must not have'],
  CKR_PIN_LEN_RANGE: ['PIN_INCORRECT', 'refused the PIN: it is too short or too long'],
  CKR_PIN_EXPIRED: ['PIN_EXPIRED', 'refused the PIN: it has expired'],
  CKR_PIN_LOCKED: ['PIN_LOCKED', 'is locked'],
};

/** What can be said of a token before a PIN is risked on it. */
export function refuseUntried(token: Token, useFinalTry: boolean): void {
  const name = `The token '${token.label}'`;
  if (!token.userPinInitialized) {
    throw new Pkcs11Error(
      'TOKEN_NOT_INITIALIZED',
      `${name} has no PIN for its user yet.`,
      'Set it, as the security officer.',
    );
  }
  if (token.pinTries === 'locked') {
    throw new Pkcs11Error(
      'PIN_LOCKED',
      `${name} is locked after wrong PINs. The PIN was not presented.`,
      'Let the security officer unlock it, or set a new PIN.',
    );
  }
  if (token.pinTries === 'final try' && !useFinalTry) {
    throw new Pkcs11Error(
      'PIN_FINAL_TRY',
      `${name} says that one more wrong PIN locks it. The PIN was not presented.`,
      'Find out why PINs were wrong. Logging in with the right one by another program, such as pkcs11-tool, resets the counter; so does `useFinalTry: true`, if the PIN is right, and it locks the token if not.',
    );
  }
  if (token.pinToBeChanged) {
    throw new Pkcs11Error('PIN_EXPIRED', `${name} says that its PIN has to be changed first.`, 'Change the PIN.');
  }
}

/**
 * The error of a login that says that the PIN is not to be presented again; `undefined` where it says nothing of the PIN. A
 * token that has counted a wrong PIN has refused it, whatever the module returned.
 */
export function refusalFrom(error: unknown, before: Token, after: Token): Pkcs11Error | undefined {
  const counted = after.pinTries !== before.pinTries && after.pinTries !== 'ok';
  const refusal =
    refusals[rvOf(error) ?? ''] ?? (counted ? (['PIN_INCORRECT', 'did not accept the PIN'] as const) : undefined);
  if (!refusal) return undefined;
  const [code, said] = refusal;
  return new Pkcs11Error(
    code,
    `The token '${after.label}' ${said}.${triesOf(after)} This PIN is not presented again by this process.`,
    code === 'PIN_INCORRECT'
      ? 'Give the right PIN. Mind that each start of a program with a wrong one uses a try up.'
      : 'Let the security officer unlock the token or set a new PIN, and start the program again.',
    error,
  );
}

function triesOf({ pinTries }: Token): string {
  if (pinTries === 'low') return ' It counts wrong PINs, and says that few tries are left.';
  if (pinTries === 'final try') return ' It says that one try is left.';
  return pinTries === 'locked' ? ' It says that it is locked now.' : '';
}
