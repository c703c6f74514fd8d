/** `pkcs11:` URIs after RFC 7512, as far as the package does not do it: written, and held against a token. Pure. */
import type { Token } from '@brs/pkcs11';
import type { Options } from '../config/option-path.js';

/** Which module and token somebody has named: by options, or by a URI that the package has found good. */
interface Named {
  readonly module?: unknown;
  readonly token?: unknown;
  readonly pin?: unknown;
  readonly uri?: unknown;
}

/** Whether a token is the one, or one of those, that were named. */
export function isNamed({ uri, token }: Named, found: Token): boolean {
  const is: Options = { ...found };
  return [typeof uri === 'string' ? tokenOf(uri) : {}, (token ?? {}) as Options].every((wanted) =>
    Object.entries(wanted).every(([name, value]) => value === undefined || is[name] === value),
  );
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

/** The URI of a private key, with the place of its PIN and never with a PIN. */
export function keyUri(
  named: Named,
  token: Token,
  { label, id }: { readonly label: string; readonly id: string },
): string {
  const attributes = [
    token.label === '' ? `serial=${encodeURIComponent(token.serial)}` : `token=${encodeURIComponent(token.label)}`,
    label === '' ? `id=${id.replace(/../g, '%$&')}` : `object=${encodeURIComponent(label)}`,
    'type=private',
  ];
  const query = [...(typeof named.uri === 'string' ? queryOf(named.uri) : []), ...queryFrom(named)];
  return `pkcs11:${attributes.join(';')}?${query.join('&')}`;
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
