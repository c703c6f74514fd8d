/** The slots of a module and the tokens in them, as plain data. */
import type { TokenInfo } from 'pkcs11js';
import { isRv, tokenFailure } from './errors.js';
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
