/** What to do about errors of `@brs/pkcs11`, where the package speaks of its own functions, and a person has commands. */
import type { Pkcs11ErrorCode } from '@brs/pkcs11';

export const pkcs11Hints: Partial<Record<Pkcs11ErrorCode, string>> = {
  TOKEN_NOT_FOUND: 'Insert it, or correct its name: `brs hsm list` shows what is there.',
  TOKEN_AMBIGUOUS: 'Choose one by its label (--token), its serial (--token.serial) or its slot (--token.slot).',
  KEY_NOT_FOUND: 'Correct its name, or make it with `brs hsm new-key`.',
  KEY_AMBIGUOUS: 'Choose one by its label (--key) and its id (--key.id).',
  CERTIFICATE_NOT_FOUND: 'Give its file, or put the certificate beside its key with `brs hsm import`.',
  PIN_REQUIRED: 'Give the option `pin`, as { fromFile } for instance.',
  PIN_INCORRECT: 'Give the right PIN. Each command with a wrong one uses a try up.',
  PIN_LOCKED:
    'Let the security officer unlock it or set a new PIN, and correct the PIN that programs are given before they start.',
  PIN_FINAL_TRY:
    'Find out why PINs were wrong. Logging in with the right one resets the counter: `brs hsm list --login --use-final-try`, if you are sure of it.',
};

/** The same of its options. */
export const optionHints = { module: '`brs hsm list` shows the modules that are installed.' };
