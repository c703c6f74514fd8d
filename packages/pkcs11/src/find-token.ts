/** The one token that is meant; where there is none, or more than one, the error lists what there is. */
import { Pkcs11Error } from './errors.js';
import type { Module } from './module.js';
import { readSlots, type TokenSlot } from './tokens.js';

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
