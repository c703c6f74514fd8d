/** `pkcs11:` URIs after RFC 7512, as far as the package does not do it: written, and held against a token. Pure. */
import type { Key, Slot, Token } from '@brs/pkcs11';
import type { Options } from '../config/option-path.js';

/** Which module and token somebody has named: by options, or by a URI that the package has found good. */
interface Named {
  readonly module?: unknown;
  readonly token?: unknown;
  readonly pin?: unknown;
  readonly uri?: unknown;
}

/** Whether the token in a slot is the one, or one of those, that were named; where none is named, also an empty slot. */
export function isNamed(named: Named, { token, description, manufacturer }: Slot): boolean {
  const is: Options | undefined = token && { ...token, slotDescription: description, slotManufacturer: manufacturer };
  return wantedBy(named).every(([name, value]) => is?.[name] === value);
}

/** What a token has to say of itself, and its slot, to be the one that is meant. */
function wantedBy({ uri, token }: Named): [name: string, value: unknown][] {
  const wanted = [typeof uri === 'string' ? tokenOf(uri) : {}, (token ?? {}) as Options];
  return wanted.flatMap((options) => Object.entries(options)).filter(([, value]) => value !== undefined);
}

/** The options that lead to one slot of the module that was named. They have no PIN: it was presented to one token already. */
export function inSlot({ uri, module }: Named, slot: number): Options {
  return {
    ...(module !== undefined && { module }),
    ...(typeof uri === 'string'
      ? { uri: `pkcs11:slot-id=${slot}?${queryOf(uri).filter(isNoPin).join('&')}` }
      : { token: { slot } }),
  };
}

/** What a key is known by. */
type KeyName = Pick<Key, 'label' | 'id'>;

/** Those that a URI must not lead to as well. It may be one of them. */
interface Others {
  readonly tokens: readonly Token[];
  readonly keys: readonly KeyName[];
}

/**
 * The URI of a private key: as short as it can be, and of no other key of the module. It has the place of the PIN, and
 * never a PIN.
 */
export function keyUri(named: Named, token: Token, key: KeyName, { tokens, keys }: Others): string {
  const attributes = [
    ...asFewAsSuffice(attributesOfToken(token), tokens.map(attributesOfToken)),
    ...asFewAsSuffice(attributesOfKey(key), keys.map(attributesOfKey)),
    'type=private',
  ];
  const query = [...(typeof named.uri === 'string' ? queryOf(named.uri) : []), ...queryFrom(named)];
  return `pkcs11:${attributes.join(';')}?${query.join('&')}`;
}

const attributesOfToken = ({ label, serial, slot }: Token): string[] =>
  written({ token: encodeURIComponent(label), serial: encodeURIComponent(serial), 'slot-id': String(slot) });

const attributesOfKey = ({ label, id }: KeyName): string[] =>
  written({ object: encodeURIComponent(label), id: id.replace(/../g, '%$&') });

const written = (attributes: Readonly<Record<string, string>>): string[] =>
  Object.entries(attributes).flatMap(([name, value]) => (value === '' ? [] : [`${name}=${value}`]));

/** The first of the attributes, and of the next so many that nobody who is not the same has all of them. */
function asFewAsSuffice(own: readonly string[], all: readonly string[][]): readonly string[] {
  const others = all.filter((other) => other.join(';') !== own.join(';'));
  const counts = own.map((_, index) => index + 1);
  const count = counts.find(
    (some) => !others.some((other) => own.slice(0, some).every((part) => other.includes(part))),
  );
  return own.slice(0, count);
}

/** The key that a URI names. */
export function keyOf(uri: string): { readonly label?: string; readonly id?: string } {
  const { object, id } = attributesOf(uri);
  const bytes = id?.match(/%[\da-f]{2}|./gi) ?? [];
  const hex = bytes.map((byte) => (byte.length > 1 ? byte.slice(1) : Buffer.from(byte).toString('hex'))).join('');
  return { ...(object !== undefined && { label: decodeURIComponent(object) }), ...(hex !== '' && { id: hex }) };
}

/** Whether a URI says where the PIN is. */
export const hasPin = (uri: unknown): boolean => typeof uri === 'string' && /[?&]pin-(source|value)=/i.test(uri);

/** The file that a URI has its PIN in. What is wrong with a URI is told by the package. */
export function pinFileOf(uri: string): string | undefined {
  const [, source = ''] = /[?&]pin-source=([^&]*)/.exec(uri) ?? [];
  try {
    return /^(?:file:(?:\/\/(?:localhost)?(?=\/))?)?(\/.+)$/.exec(decodeURIComponent(source))?.[1];
  } catch {
    return undefined;
  }
}

const isNoPin = (part: string): boolean => !part.startsWith('pin-');

function tokenOf(uri: string): Options {
  const attributes = attributesOf(uri);
  const text = (name: string): string | undefined => {
    const value = attributes[name];
    return value === undefined ? undefined : decodeURIComponent(value);
  };
  const slot = text('slot-id');
  return {
    label: text('token'),
    serial: text('serial'),
    manufacturer: text('manufacturer'),
    model: text('model'),
    slot: slot === undefined ? undefined : Number(slot),
    slotDescription: text('slot-description'),
    slotManufacturer: text('slot-manufacturer'),
  };
}

/** The attributes of the path, as they are written. */
function attributesOf(uri: string): Partial<Record<string, string>> {
  const [, path = ''] = /^pkcs11:([^?]*)/i.exec(uri) ?? [];
  const pairs = path.split(';').flatMap((part): [string, string][] => {
    const [, name = '', value = ''] = /^([^=]+)=(.*)$/.exec(part) ?? [];
    return name === '' ? [] : [[name, value]];
  });
  return Object.fromEntries(pairs);
}

/** The query of a URI, without a PIN. */
function queryOf(uri: string): string[] {
  const [, query = ''] = /\?(.*)$/.exec(uri) ?? [];
  return query.split('&').filter((part) => part !== '' && !part.startsWith('pin-value='));
}

/** What options say of module and PIN. */
function queryFrom({ module, pin }: Named): string[] {
  const { fromFile, file = fromFile } = Object(pin) as { file?: unknown; fromFile?: unknown };
  return [
    ...(typeof module === 'string'
      ? [`${module.includes('/') ? 'module-path' : 'module-name'}=${inQuery(module)}`]
      : []),
    ...(typeof file === 'string' && file.startsWith('/') ? [`pin-source=file:${inQuery(file)}`] : []),
  ];
}

/** A slash may stand in a query, and is easier to read. */
const inQuery = (text: string): string => encodeURIComponent(text).replaceAll('%2F', '/');
