/** What there is in a module: its slots, and in each token the keys and certificates. */
import type { Certificate, Key, Slot, Token } from '@brs/pkcs11';
import type { Pkcs11 } from './package.js';
import { inSlot, isNamed, keyUri } from './uri.js';
import type { Where } from './where.js';

/** A slot, and what is in its token. */
export interface ListedSlot extends Slot {
  /** Of a key pair, the URI is that of the private key. */
  readonly keys: readonly (Key & { readonly uri?: string })[];
  readonly certificates: readonly Certificate[];
}

/**
 * Looks. With a PIN only at the token that is named, or at the only one: a PIN is presented to one token.
 *
 * @throws Pkcs11Error, as the package's functions do.
 */
export async function listModule(pkcs11: Pkcs11, where: Where, logIn: boolean): Promise<ListedSlot[]> {
  const { token: named, options } = where;
  const { module, uri } = named;
  const slots = await pkcs11.listSlots(uri === undefined ? { module } : { module, uri });
  const tokens = slots.flatMap(({ token }) => (token?.initialized ? token : []));
  // Before anything is listed: a wrong PIN, or a token that is not there, is an error and no empty list.
  if (logIn) await pkcs11.listKeys(where.withPin);
  const listed: ListedSlot[] = [];
  for (const slot of slots.filter((each) => isNamed(named, each))) {
    const { token } = slot;
    // The process is logged in to the token where it has to be.
    const place = inSlot(named, slot.id);
    const isReady = token?.initialized === true;
    const keys = isReady ? await pkcs11.listKeys(place) : [];
    const pairs = keys.filter(({ kind }) => kind !== 'secret');
    const uriOf = (of: Token, key: Key): string =>
      keyUri({ ...named, pin: options.pin }, of, key, { tokens, keys: pairs });
    const certificates = isReady ? await pkcs11.listCertificates(place) : [];
    listed.push({
      ...slot,
      keys: keys.map((key) => (token && pairs.includes(key) ? { ...key, uri: uriOf(token, key) } : key)),
      certificates,
    });
  }
  return listed;
}

/** The lines for a person. */
export function* describeSlot({ id, description, token, keys, certificates }: ListedSlot): Generator<string> {
  yield `slot ${id}: ${token ? describeToken(token) : `no token (${description})`}`;
  for (const { key, kinds } of pairsOf(keys)) {
    const size = key.size === undefined ? '' : ` ${key.size}`;
    yield `  key '${key.label}': ${key.type}${size}, id ${key.id || 'none'}, ${kinds.join(' and ')}`;
    if (key.uri) yield `      ${key.uri}`;
  }
  for (const { label, id: its, subject, validTo } of certificates) {
    const name = subject.replaceAll('\n', ',');
    yield `  certificate '${label}': id ${its || 'none'}, ${name}, until ${validTo.toISOString().slice(0, 10)}`;
  }
}

function describeToken({ label, serial, model, initialized, userPinInitialized, pinTries }: Token): string {
  if (!initialized) return 'a token that is not set up';
  const pin = {
    ok: undefined,
    low: 'few tries of the PIN left',
    'final try': 'one try of the PIN left',
    locked: 'locked',
  };
  const states = [pin[pinTries], !userPinInitialized && 'without a PIN'].filter(Boolean);
  return [`token '${label}'`, `serial ${serial}`, model, ...states].filter(Boolean).join(', ');
}

/** The two halves of a pair are one key to a person. */
function pairsOf(keys: ListedSlot['keys']): { key: ListedSlot['keys'][number]; kinds: Key['kind'][] }[] {
  const pairs: { key: ListedSlot['keys'][number]; kinds: Key['kind'][] }[] = [];
  for (const key of keys) {
    const other = pairs.find(
      (pair) => pair.key.id === key.id && pair.key.label === key.label && pair.key.type === key.type,
    );
    if (other) other.kinds.push(key.kind);
    else pairs.push({ key, kinds: [key.kind] });
  }
  return pairs;
}
