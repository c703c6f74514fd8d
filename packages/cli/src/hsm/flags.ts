/** The short names of `brs hsm`: where a key is, as `@brs/pkcs11` takes it. Their values are text, and not read as JSON. */
import type { Shorthand } from '../flags.js';

export const hsmFlags: readonly Shorthand[] = [
  flag('module', 'name', 'the PKCS#11 module: its path, or the name of one that is installed'),
  flag('uri', 'uri', 'a pkcs11: URI, which can say all of this'),
  flag('token', 'label', 'the token; default: the only one', 'token.label'),
  flag('token.serial', 'text', 'the token by its serial number'),
  { ...flag('token.slot', 'number', 'the token by its slot'), isNumber: true },
  flag('key', 'label', 'the key; default: the only one', 'key.label'),
  flag('key.id', 'hex', 'the key by its id'),
  flag('pin.fromFile', 'file', 'the PIN; default: it is asked for on the terminal'),
  flag('pin.fromEnv', 'name', 'a variable that holds it'),
];

function flag(name: string, argument: string, about: string, path: string = name): Shorthand {
  return { flag: `--${name}`, path: path.split('.'), argument, about };
}
