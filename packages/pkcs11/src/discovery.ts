/** What there is: slots, tokens, keys and certificates as plain data, to find out why something is not found. */
import { type Certificate, readCertificates } from './certificates.js';
import { type Key, readKeys } from './keys.js';
import { inSession, type Session } from './objects.js';
import { openModule, openToken } from './open-token.js';
import { locate, type ModuleOptions, moduleRules, type TokenOptions, tokenRules } from './options.js';
import { readSlots, type Slot, type Token } from './tokens.js';

/**
 * The slots of a module, with the tokens in them.
 *
 * @throws InvalidOptionsError for bad options.
 * @throws Pkcs11Error `MODULE_NOT_LOADED` or `NATIVE_MISSING`.
 *
 * @example
 * ```ts
 * for (const slot of await listSlots({ module: 'softhsm2' })) console.log(slot.id, slot.token?.label);
 * ```
 */
export async function listSlots(options: ModuleOptions): Promise<Slot[]> {
  return readSlots(await openModule(locate(options, moduleRules))).map(plain);
}

/**
 * The tokens of a module, also those that are not set up yet.
 *
 * @throws As {@link listSlots}.
 *
 * @example
 * ```ts
 * for (const token of await listTokens({ module: 'softhsm2' })) console.log(token.label, token.serial, token.pinTries);
 * ```
 */
export async function listTokens(options: ModuleOptions): Promise<Token[]> {
  return (await listSlots(options)).flatMap(({ token }) => token ?? []);
}

/**
 * The keys of a token. Without a PIN those that are public, which private keys are not, unless this process has logged in
 * already.
 *
 * @throws InvalidOptionsError for bad options.
 * @throws Pkcs11Error when the module or the token is not there, or the login is refused.
 *
 * @example
 * ```ts
 * console.table(await listKeys({ module: 'softhsm2', token: 'gateway', pin: { file: '/etc/gateway/pin' } }));
 * ```
 */
export function listKeys(options: TokenOptions): Promise<Key[]> {
  return look(options, 'Listing the keys', (session) => readKeys(session).map(plain));
}

/**
 * The X.509 certificates of a token. They are public in most tokens, so that no PIN is needed.
 *
 * @throws As {@link listKeys}.
 *
 * @example
 * ```ts
 * for (const { id, subject, validTo } of await listCertificates({ module: 'softhsm2', token: 'gateway' })) {
 *   console.log(id, subject, validTo);
 * }
 * ```
 */
export function listCertificates(options: TokenOptions): Promise<Certificate[]> {
  return look(options, 'Listing the certificates', (session) => readCertificates(session));
}

async function look<Found>(
  options: TokenOptions,
  doing: string,
  read: (session: Session) => Found[],
): Promise<Found[]> {
  return inSession(await openToken(locate(options, tokenRules), { publicIsEnough: true }), doing, read);
}

/** Without the handle, which means nothing outside. */
function plain<Found extends { readonly handle: Buffer }>(found: Found): Omit<Found, 'handle'> {
  const { handle, ...rest } = found;
  void handle;
  return rest;
}
