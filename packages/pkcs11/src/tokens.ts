/** The slots of a module and the tokens in them, as plain data, and the one that is meant. */
import type { TokenInfo } from 'pkcs11js';
import { isRv, Pkcs11Error, tokenFailure } from './errors.js';
import type { Module } from './module.js';

/** A token: an HSM, a part of one, a TPM, a smart card. */
export interface Token {
  readonly label: string;
  readonly serial: string;
  readonly manufacturer: string;
  readonly model: string;
  /** Where it is now. Some modules give a token another slot at each start: choose by label or serial. */
  readonly slot: number;
  /** Whether it has been set up. */
  readonly initialized: boolean;
  /** Whether private objects want a PIN. */
  readonly loginRequired: boolean;
  /** Whether the PIN of the user has been set. */
  readonly userPinInitialized: boolean;
  /** Whether the PIN is typed on the token itself. */
  readonly pinPad: boolean;
  /** What the token says of wrong PINs: `low` after at least one, `final try` before the last, `locked` after it. */
  readonly pinTries: 'ok' | 'low' | 'final try' | 'locked';
  /** Whether the PIN has to be changed before it is used. */
  readonly pinToBeChanged: boolean;
  readonly writeProtected: boolean;
}

/** A place for a token. */
export interface Slot {
  readonly id: number;
  readonly description: string;
  readonly manufacturer: string;
  /** Whether tokens come and go here. */
  readonly removable: boolean;
  /** The token in it, if there is one. */
  readonly token?: Token | undefined;
}

/** A slot with the handle that calls take. */
export interface OpenSlot extends Slot {
  readonly handle: Buffer;
}

/** A slot that holds a token. */
export type TokenSlot = OpenSlot & { readonly token: Token };

/** Which token. What is not given fits any. */
export interface TokenQuery {
  readonly label?: string | undefined;
  readonly serial?: string | undefined;
  readonly slot?: number | undefined;
  readonly manufacturer?: string | undefined;
  readonly model?: string | undefined;
  readonly slotDescription?: string | undefined;
  readonly slotManufacturer?: string | undefined;
}

/** Flags of a slot, CKF_TOKEN_PRESENT and CKF_REMOVABLE_DEVICE, which pkcs11js does not name. */
const slotFlags = { tokenPresent: 1, removable: 2 };

/** All slots of a module. */
export function readSlots(module: Module): OpenSlot[] {
  try {
    return module.calls.C_GetSlotList(false).map((handle) => readSlot(module, handle));
  } catch (error) {
    throw tokenFailure('Listing the slots', error);
  }
}

function readSlot({ calls, ck }: Module, handle: Buffer): OpenSlot {
  const info = calls.C_GetSlotInfo(handle);
  const id = numberOf(handle);
  return {
    id,
    description: text(info.slotDescription),
    manufacturer: text(info.manufacturerID),
    removable: has(info.flags, slotFlags.removable),
    token: has(info.flags, slotFlags.tokenPresent) ? readToken(id, () => calls.C_GetTokenInfo(handle), ck) : undefined,
    handle,
  };
}

function readToken(slot: number, read: () => TokenInfo, ck: Module['ck']): Token | undefined {
  try {
    return describeToken(slot, read(), ck);
  } catch (error) {
    // It was taken out between the two calls, or it is none that the module knows.
    if (isRv(error, 'CKR_TOKEN_NOT_PRESENT', 'CKR_DEVICE_REMOVED', 'CKR_TOKEN_NOT_RECOGNIZED')) return undefined;
    throw error;
  }
}

/** What a token says of itself. */
export function describeToken(slot: number, info: TokenInfo, ck: Module['ck']): Token {
  const { flags } = info;
  return {
    label: text(info.label),
    serial: text(info.serialNumber),
    manufacturer: text(info.manufacturerID),
    model: text(info.model),
    slot,
    initialized: has(flags, ck.CKF_TOKEN_INITIALIZED),
    loginRequired: has(flags, ck.CKF_LOGIN_REQUIRED),
    userPinInitialized: has(flags, ck.CKF_USER_PIN_INITIALIZED),
    pinPad: has(flags, ck.CKF_PROTECTED_AUTHENTICATION_PATH),
    pinTries: has(flags, ck.CKF_USER_PIN_LOCKED)
      ? 'locked'
      : has(flags, ck.CKF_USER_PIN_FINAL_TRY)
        ? 'final try'
        : has(flags, ck.CKF_USER_PIN_COUNT_LOW)
          ? 'low'
          : 'ok',
    pinToBeChanged: has(flags, ck.CKF_USER_PIN_TO_BE_CHANGED),
    writeProtected: has(flags, ck.CKF_WRITE_PROTECTED),
  };
}

/**
 * The one token that is meant.
 *
 * @throws Pkcs11Error `TOKEN_NOT_FOUND`, `TOKEN_AMBIGUOUS` or `TOKEN_NOT_INITIALIZED`; the message lists the tokens that are there.
 */
export function findToken(module: Module, query: TokenQuery): TokenSlot {
  const present = readSlots(module).filter((slot): slot is TokenSlot => slot.token !== undefined);
  const fitting = present.filter((slot) => fits(slot, query));
  const found = fitting.filter(({ token }) => token.initialized);
  const asked = describeQuery(query);
  const there = `Tokens of ${module.path}: ${present.map(describeSlot).join(', ') || 'none'}.`;
  if (found.length > 1) {
    throw new Pkcs11Error(
      'TOKEN_AMBIGUOUS',
      `${found.length} tokens are ${asked}. ${there}`,
      'Choose one by `token: { serial }`, or by `token: { slot }` where serials are the same too.',
    );
  }
  if (found[0]) return found[0];
  if (fitting.length > 0) {
    throw new Pkcs11Error(
      'TOKEN_NOT_INITIALIZED',
      `The token that is ${asked} has not been initialised. ${there}`,
      'Set it up with the tool of its maker, or `pkcs11-tool --init-token`, or `softhsm2-util --init-token`.',
    );
  }
  throw new Pkcs11Error(
    'TOKEN_NOT_FOUND',
    `No token is ${asked}. ${there}`,
    'Insert it, or correct the option `token`. Some modules see a token that was made by another program only after a restart.',
  );
}

function fits({ id, description, manufacturer, token }: TokenSlot, query: TokenQuery): boolean {
  const is = <Value>(wanted: Value | undefined, value: Value) => wanted === undefined || wanted === value;
  return (
    is(query.label, token.label) &&
    is(query.serial, token.serial) &&
    is(query.slot, id) &&
    is(query.manufacturer, token.manufacturer) &&
    is(query.model, token.model) &&
    is(query.slotDescription, description) &&
    is(query.slotManufacturer, manufacturer)
  );
}

/** The end of the sentence "No token is …". */
function describeQuery(query: TokenQuery): string {
  const names: Record<keyof TokenQuery, string> = {
    label: 'labelled',
    serial: 'of serial',
    slot: 'in slot',
    manufacturer: 'of manufacturer',
    model: 'of model',
    slotDescription: 'in a slot described',
    slotManufacturer: 'in a slot of',
  };
  const parts = Object.entries(query)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${names[name as keyof TokenQuery]} '${value}'`);
  return parts.join(' and ') || 'there';
}

function describeSlot({ token }: TokenSlot): string {
  return token.initialized
    ? `'${token.label}' (serial ${token.serial}, slot ${token.slot})`
    : `one not initialised (slot ${token.slot})`;
}

/** A CK_ULONG, as this machine writes it. */
export function numberOf(bytes: Buffer): number {
  return bytes.length === 8 ? Number(bytes.readBigUInt64LE()) : bytes.readUIntLE(0, bytes.length);
}

/** Texts of the standard are padded with blanks. */
function text(padded: string): string {
  return padded.replace(/[\s\0]+$/, '');
}

function has(flags: number, flag: number): boolean {
  return (flags & flag) !== 0;
}
