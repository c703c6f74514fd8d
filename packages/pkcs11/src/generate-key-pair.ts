/** Makes key pairs in a token, whose private halves never leave it. */
import { randomBytes } from 'node:crypto';
import { rule } from '@brs/core';
import { Pkcs11Error } from './errors.js';
import { nameKey, readKeys } from './keys.js';
import { inSession, type Session, type Template, toAttributes } from './objects.js';
import { openToken } from './open-token.js';
import { hexRule, locate, type TokenOptions, tokenRules } from './options.js';
import { fromAttributes } from './public-key.js';

/** What kind of key. AWS IoT takes them all; EC is faster by far in most tokens. */
export type KeyPairType = 'rsa-2048' | 'rsa-3072' | 'ec-p256' | 'ec-p384';

/** A key pair to make. */
export interface GenerateKeyPairOptions extends TokenOptions {
  readonly type: KeyPairType;
  /** What the key is found by. No other private key of the token may have it. */
  readonly label: string;
  /** In hex. What ties the key to its certificate. Default: eight random bytes. */
  readonly id?: string | undefined;
}

/** A key pair that was made. */
export interface GeneratedKeyPair {
  readonly label: string;
  /** In hex. */
  readonly id: string;
  /** The public key in PEM. */
  readonly publicKey: string;
}

const generateRules = {
  ...tokenRules,
  type: /* @__PURE__ */ rule.oneOf('rsa-2048', 'rsa-3072', 'ec-p256', 'ec-p384'),
  label: rule.string,
  id: hexRule,
};

const curveParameters = { 'ec-p256': '06082a8648ce3d030107', 'ec-p384': '06052b81040022' };

/**
 * Makes a key pair in the token, to sign with. The private key never leaves it: it is sensitive, not extractable, and wants
 * the login. An RSA key can take a minute in a TPM or a smart card; the process goes on meanwhile.
 *
 * @throws InvalidOptionsError for bad options.
 * @throws Pkcs11Error `KEY_EXISTS`, or when the token is not there, the login is refused, or the token cannot make such a key.
 *
 * @example
 * ```ts
 * const pair = await generateKeyPair({
 *   module: 'softhsm2',
 *   token: 'gateway',
 *   pin: { file: '/etc/gateway/pin' },
 *   type: 'ec-p256',
 *   label: 'device',
 * });
 * console.log(pair.id, pair.publicKey);
 * ```
 */
export async function generateKeyPair(options: GenerateKeyPairOptions): Promise<GeneratedKeyPair> {
  const location = locate(options, generateRules, ['type', 'label']);
  const { type, label, id: wanted } = options;
  const id = wanted?.toLowerCase() ?? randomBytes(8).toString('hex');
  const token = await openToken(location);
  return inSession(
    token,
    'Making a key pair',
    async (session) => {
      refuseExisting(session, label, id, token.slot.token.label);
      const { calls, ck } = session.module;
      const common = { TOKEN: true, LABEL: label, ID: Buffer.from(id, 'hex') };
      const mechanism = type.startsWith('rsa') ? ck.CKM_RSA_PKCS_KEY_PAIR_GEN : ck.CKM_EC_KEY_PAIR_GEN;
      const pair = await calls.C_GenerateKeyPairAsync(
        session.handle,
        { mechanism },
        toAttributes(ck, { ...common, PRIVATE: false, VERIFY: true, ...parametersOf(type) }),
        toAttributes(ck, { ...common, PRIVATE: true, SIGN: true, SENSITIVE: true, EXTRACTABLE: false }),
      );
      const publicKey = fromAttributes(session, pair.publicKey);
      return { label, id, publicKey: publicKey?.export({ type: 'spki', format: 'pem' }).toString() ?? '' };
    },
    { write: true },
  );
}

function parametersOf(type: KeyPairType): Template {
  return type === 'rsa-2048' || type === 'rsa-3072'
    ? { MODULUS_BITS: Number(type.slice(4)), PUBLIC_EXPONENT: Buffer.from([1, 0, 1]) }
    : { EC_PARAMS: Buffer.from(curveParameters[type], 'hex') };
}

function refuseExisting(session: Session, label: string, id: string, token: string): void {
  const same = readKeys(session).find((key) => key.kind === 'private' && (key.label === label || key.id === id));
  if (!same) return;
  throw new Pkcs11Error(
    'KEY_EXISTS',
    `The token '${token}' has a private key of this label or id already: ${nameKey(same)}.`,
    'Use it, or give the new one another label and id: for TLS, keys are found by their label.',
  );
}
