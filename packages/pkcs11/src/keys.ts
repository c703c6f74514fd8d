/** The keys of a token, as plain data, and the one private key that is meant. */
import { Pkcs11Error } from './errors.js';
import { findObjects, readAttribute, readFlag, readText, type Session } from './objects.js';
import type { KeyQuery } from './options.js';
import { curves } from './public-key.js';
import { numberOf } from './tokens.js';

/** A key in a token. Of what a key may do, only that counts which it says itself. */
export interface Key {
  readonly kind: 'private' | 'public' | 'secret';
  /** `RSA`, `EC`, or the number of another type in the standard, such as `0x1f`. */
  readonly type: string;
  /** The bits of an RSA key, or the name of the curve, where it is known. */
  readonly size?: number | string | undefined;
  /** May be empty, and need not be unique. */
  readonly label: string;
  /** In hex. What ties a key to its certificate. */
  readonly id: string;
  /** Whether it has the right to sign. */
  readonly sign: boolean;
  /** Whether its value is never shown. */
  readonly sensitive: boolean;
  /** Whether its value can leave the token, encrypted. */
  readonly extractable: boolean;
  /** Whether it was made in the token. */
  readonly local: boolean;
  /** Whether it wants the PIN again for each signature. */
  readonly alwaysAuthenticate: boolean;
}

/** A private key and its handle, which is good in any session of the process. */
export interface FoundKey extends Key {
  readonly handle: Buffer;
}

/** All keys that the login allows to see. */
export function readKeys(session: Session): FoundKey[] {
  const { ck } = session.module;
  const kinds = [
    ['private', ck.CKO_PRIVATE_KEY],
    ['public', ck.CKO_PUBLIC_KEY],
    ['secret', ck.CKO_SECRET_KEY],
  ] as const;
  return kinds.flatMap(([kind, CLASS]) =>
    findObjects(session, { CLASS }).map((handle) => ({ ...describeKey(session, handle, kind), handle })),
  );
}

function describeKey(session: Session, object: Buffer, kind: Key['kind']): Key {
  const { ck } = session.module;
  const number = numberOf(readAttribute(session, object, 'KEY_TYPE') ?? Buffer.from([0xff]));
  const flag = (name: string) => readFlag(session, object, name) ?? false;
  const bits = readAttribute(session, object, 'MODULUS')?.length;
  return {
    kind,
    type: number === ck.CKK_RSA ? 'RSA' : number === ck.CKK_EC ? 'EC' : `0x${number.toString(16)}`,
    size: bits ? bits * 8 : curves[readAttribute(session, object, 'EC_PARAMS')?.toString('hex') ?? '']?.name,
    label: readText(session, object, 'LABEL'),
    id: readAttribute(session, object, 'ID')?.toString('hex') ?? '',
    sign: flag('SIGN'),
    sensitive: flag('SENSITIVE'),
    extractable: flag('EXTRACTABLE'),
    local: flag('LOCAL'),
    alwaysAuthenticate: flag('ALWAYS_AUTHENTICATE'),
  };
}

/**
 * The one private key that is meant, if it can sign.
 *
 * @throws Pkcs11Error `KEY_NOT_FOUND`, `KEY_AMBIGUOUS` or `KEY_CANNOT_SIGN`; the message lists the private keys that are there.
 */
export function findKey(session: Session, query: KeyQuery, token: string): FoundKey {
  const present = readKeys(session).filter(({ kind }) => kind === 'private');
  const found = present.filter(({ label, id }) => (query.label ?? label) === label && (query.id ?? id) === id);
  const asked = [
    query.label !== undefined && `labelled '${query.label}'`,
    query.id !== undefined && `of id ${query.id}`,
  ];
  const wanted = asked.filter(Boolean).join(' and ') || 'there';
  const there = `Private keys of the token '${token}': ${present.map(nameKey).join(', ') || 'none'}.`;
  if (found.length > 1) {
    throw new Pkcs11Error(
      'KEY_AMBIGUOUS',
      `${found.length} private keys are ${wanted}. ${there}`,
      'Choose one by `key: { label, id }`.',
    );
  }
  const key = found[0];
  if (!key) {
    throw new Pkcs11Error(
      'KEY_NOT_FOUND',
      `No private key is ${wanted}. ${there}`,
      'Correct the option `key`, or make the key with `generateKeyPair`. listKeys() shows all that there is.',
    );
  }
  const problem = whyNot(key);
  if (problem) {
    throw new Pkcs11Error(
      'KEY_CANNOT_SIGN',
      `The private key ${nameKey(key)} of the token '${token}' ${problem}.`,
      'Use another key.',
    );
  }
  return key;
}

function whyNot({ sign, type, alwaysAuthenticate }: Key): string | undefined {
  if (type !== 'RSA' && type !== 'EC') return `is of type ${type}; RSA and EC keys can be used`;
  if (!sign) return 'has not the right to sign (CKA_SIGN is false)';
  return alwaysAuthenticate
    ? 'wants the PIN for each signature (CKA_ALWAYS_AUTHENTICATE), which a program in the field cannot give'
    : undefined;
}

/**
 * Makes sure that the label alone leads to a key, which is how the CRT finds it.
 *
 * @throws Pkcs11Error `KEY_LABEL_UNUSABLE`.
 */
export function requireLabel(session: Session, key: Key): void {
  const same = readKeys(session).filter(({ kind, label }) => kind === 'private' && label === key.label);
  if (key.label !== '' && same.length === 1) return;
  throw new Pkcs11Error(
    'KEY_LABEL_UNUSABLE',
    key.label === ''
      ? `The private key of id ${key.id} has no label.`
      : `${same.length} private keys have the label '${key.label}' (ids ${same.map(({ id }) => id || 'none').join(', ')}).`,
    'For TLS, keys are found by their label alone. Give this key a label of its own; getSigner() can do with its id.',
  );
}

export function nameKey({ label, id, type }: Key): string {
  return `'${label}' (${type}, id ${id || 'none'})`;
}
