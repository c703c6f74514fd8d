/**
 * Reads `pkcs11:` URIs after RFC 7512, all attributes of it. What the RFC does not know is refused, and no error repeats the
 * URI, because it can hold a PIN.
 */
import { InvalidOptionsError } from '@brs/core';
import type { PinOption } from './pin.js';
import type { TokenQuery } from './find-token.js';

/** What a URI says. */
export interface UriParts {
  readonly module: { readonly path?: string | undefined; readonly name?: string | undefined };
  /** What the module has to say of itself. */
  readonly library: LibraryQuery;
  readonly token: TokenQuery;
  readonly key: { readonly label?: string | undefined; readonly id?: string | undefined };
  readonly type?: string | undefined;
  readonly pin?: PinOption | undefined;
}

/** Which module. */
export interface LibraryQuery {
  readonly manufacturer?: string | undefined;
  readonly description?: string | undefined;
  /** Such as `2.40`. */
  readonly version?: string | undefined;
}

const pathAttributes: ReadonlySet<string> = new Set(
  `token manufacturer serial model
   library-manufacturer library-description library-version
   object type id
   slot-id slot-description slot-manufacturer`.split(/\s+/),
);
const queryAttributes: ReadonlySet<string> = new Set(['module-path', 'module-name', 'pin-value', 'pin-source']);

/** The values of `type` that go with a private key: its certificate and its public key share label and id with it. */
const types: ReadonlySet<string> = new Set(['private', 'cert', 'public']);

/** @throws InvalidOptionsError for a URI that is none, or says something that is not known or contradicts itself. */
export function parseUri(uri: string): UriParts {
  const [, path, query] =
    /^pkcs11:([^?#]*)(?:\?([^#]*))?$/i.exec(uri) ?? refuse('must begin with `pkcs11:` and have no fragment');
  const has = (text: string | undefined, separator: string, known: ReadonlySet<string>) =>
    readAttributes(text ?? '', separator, known);
  const pathValues = has(path, ';', pathAttributes);
  const queryValues = has(query, '&', queryAttributes);
  const text = (name: string) => decodeText(name, pathValues.get(name) ?? queryValues.get(name));
  const type = text('type');
  if (type !== undefined && !types.has(type)) refuse('has another `type` than private, cert or public');
  return {
    module: { path: text('module-path'), name: text('module-name') },
    library: {
      manufacturer: text('library-manufacturer'),
      description: text('library-description'),
      version: version(text('library-version')),
    },
    token: {
      label: text('token'),
      serial: text('serial'),
      slot: slotId(text('slot-id')),
      manufacturer: text('manufacturer'),
      model: text('model'),
      slotDescription: text('slot-description'),
      slotManufacturer: text('slot-manufacturer'),
    },
    key: {
      label: text('object'),
      id: pathValues.has('id') ? decode('id', pathValues.get('id') ?? '').toString('hex') : undefined,
    },
    type,
    pin: pinOf(text('pin-value'), text('pin-source')),
  };
}

function readAttributes(text: string, separator: string, known: ReadonlySet<string>): Map<string, string> {
  const values = new Map<string, string>();
  for (const part of text.split(separator).filter((each) => each !== '')) {
    const [, name = '', value = ''] = /^([^=]*)=(.*)$/s.exec(part) ?? refuse('has an attribute without a value');
    // The name of an unknown attribute is shown only where it is a name: anything else may be half a secret.
    if (!known.has(name))
      refuse(`has the attribute ${/^[\w-]{1,40}$/.test(name) ? `\`${name}\`` : 'of a name'} that is not known`);
    if (values.has(name)) refuse(`has the attribute \`${name}\` twice`);
    values.set(name, value);
  }
  return values;
}

/** The bytes of a value. Characters that are not escaped stand for themselves, in UTF-8. */
function decode(name: string, value: string): Buffer {
  if (/%(?![\da-f]{2})/i.test(value)) refuse(`has a percent sign in \`${name}\` that begins no escape`);
  return Buffer.concat(
    value
      .split(/(%[\da-f]{2})/i)
      .map((part) => (part.startsWith('%') ? Buffer.from(part.slice(1), 'hex') : Buffer.from(part))),
  );
}

function decodeText(name: string, value: string | undefined): string | undefined {
  if (value === undefined) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(decode(name, value));
  } catch (error) {
    if (error instanceof InvalidOptionsError) throw error;
    return refuse(`has a value in \`${name}\` that is no UTF-8`);
  }
}

function slotId(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  return /^\d{1,15}$/.test(text) ? Number(text) : refuse('has a `slot-id` that is no decimal number');
}

function version(text: string | undefined): string | undefined {
  if (text === undefined || /^\d{1,3}\.\d{1,3}$/.test(text)) return text;
  return /^\d{1,3}$/.test(text) ? `${text}.0` : refuse('has a `library-version` that is not like 2.40');
}

function pinOf(value: string | undefined, source: string | undefined): PinOption | undefined {
  if (value !== undefined && source !== undefined) refuse('has both `pin-value` and `pin-source`');
  if (value !== undefined) return value === '' ? refuse('has an empty `pin-value`') : value;
  if (source === undefined) return undefined;
  const [, file] = /^(?:file:(?:\/\/(?:localhost)?(?=\/))?)?(\/.+)$/.exec(source) ?? [];
  return file === undefined
    ? refuse('has a `pin-source` that is no file; for a command use the option `pin` with a function')
    : { file };
}

function refuse(problem: string): never {
  throw new InvalidOptionsError('uri', problem);
}
