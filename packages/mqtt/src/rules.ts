/** Rules for values that the library takes, so that a wrong one is named here and not in the words of the native library, or not at all. */
import { describeType, type OptionRule } from '@brs/core';

/** What fits two bytes of a packet, and four. */
export const uint16 = 65_535;
const uint32 = 4_294_967_295;

const must =
  (what: string, holds: (value: unknown) => boolean): OptionRule =>
  (value) =>
    holds(value) ? undefined : `must be ${what}, got ${describeType(value)}`;

const upTo = (value: unknown, max: number): boolean =>
  Number.isInteger(value) && (value as number) >= 0 && (value as number) <= max;

/** A whole number from 0. `unit` is for the message. */
export const whole = (unit: string, max: number = uint32): OptionRule =>
  must(`a whole number of ${unit} from 0 to ${max}`, (value) => upTo(value, max));

/** A member of one of the library's enumerations, which count from 0 to `last`. */
export const member = (last: number): OptionRule =>
  must(`a member of the library's enumeration, 0 to ${last}`, (value) => upTo(value, last));

/** An object of one of the library's classes, by the method that it is used by. */
export const ofLibrary = (name: string, method: string): OptionRule =>
  must(`the library's ${name}`, (value) => typeof (value as Record<string, unknown> | null)?.[method] === 'function');

/** Text or bytes. */
export const textOrBytes: OptionRule = must(
  'a string or bytes',
  (value) => typeof value === 'string' || value instanceof ArrayBuffer || ArrayBuffer.isView(value),
);

/** Names and values of MQTT 5. */
export const userProperties: OptionRule = must(
  'an array of { name, value }, both strings',
  (value) =>
    Array.isArray(value) &&
    value.every((one: { name?: unknown; value?: unknown } | null) =>
      [one?.name, one?.value].every((text) => typeof text === 'string'),
    ),
);
