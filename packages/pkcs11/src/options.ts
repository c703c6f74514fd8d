/** The options that say where a key is: module, token, PIN, key and certificate, or a `pkcs11:` URI that says the same. */
import { checkOptions, InvalidOptionsError, type OptionRule, rule } from '@brs/core';
import type { LoginOptions } from './login.js';
import { type PinOption, pinRule, pinSource } from './pin.js';
import type { TokenQuery } from './find-token.js';
import { type LibraryQuery, parseUri, type UriParts } from './uri.js';

/** Which module. One of the two. */
export interface ModuleOptions {
  /** The path of the PKCS#11 module, or the name of one that is installed, such as `softhsm2`. */
  readonly module?: string | undefined;
  /** A `pkcs11:` URI after RFC 7512. What it says must not be said by another option too. */
  readonly uri?: string | undefined;
}

/** Which token, and how to log in to it. */
export interface TokenOptions extends ModuleOptions {
  /** The label of the token, or what else it is known by. Default: the only token that there is. */
  readonly token?: string | { readonly label?: string; readonly serial?: string; readonly slot?: number } | undefined;
  /** The PIN of the user, or where it comes from. A PIN that was refused is never presented again by the process. */
  readonly pin?: PinOption | undefined;
  /**
   * Whether to present a PIN where the token says that one more wrong one locks it. Default `false`: the error says so, and
   * the PIN is kept.
   */
  readonly useFinalTry?: boolean | undefined;
}

/** Which private key. */
export interface KeyOptions extends TokenOptions {
  /** The label of the key, or its label and id, the id in hex. Default: the only private key of the token. */
  readonly key?: string | { readonly label?: string; readonly id?: string } | undefined;
}

/** What {@link pkcs11} takes. */
export interface Pkcs11Options extends KeyOptions {
  /**
   * The certificate of the key: the path of a file, or PEM text; more certificates after it are its chain. A file is read
   * again when it was replaced. Default: the certificate in the token that has the key's id.
   */
  readonly certificate?: string | undefined;
}

/** Where a key is, checked and with the URI read. */
export interface Location extends LoginOptions {
  readonly module: string;
  readonly library: LibraryQuery;
  readonly token: TokenQuery;
  readonly key: KeyQuery;
  /** Whether there is a place that a PIN comes from. */
  readonly hasPin: boolean;
}

/** Which key. What is not given fits any. The id is in hex, in lower case. */
export interface KeyQuery {
  readonly label?: string | undefined;
  readonly id?: string | undefined;
}

export const hexRule: OptionRule = (value) =>
  typeof value === 'string' && /^([\da-f]{2})+$/i.test(value) ? undefined : 'must be bytes in hex, such as 01 or a1b2';

const stringOr =
  (shape: OptionRule): OptionRule =>
  (value, option) =>
    typeof value === 'string' ? rule.string(value, option) : shape(value, option);

type Rules = Readonly<Record<string, OptionRule>>;

/** The options of functions that take a module, a token or a key. */
export const moduleRules: Rules = { module: rule.string, uri: rule.string };
export const tokenRules: Rules = {
  ...moduleRules,
  token: /* @__PURE__ */ stringOr(
    /* @__PURE__ */ rule.shape({ label: rule.string, serial: rule.string, slot: slotRule }),
  ),
  pin: pinRule,
  useFinalTry: rule.boolean,
};
export const keyRules: Rules = {
  ...tokenRules,
  key: /* @__PURE__ */ stringOr(/* @__PURE__ */ rule.shape({ label: rule.string, id: hexRule })),
};

function slotRule(value: unknown): string | undefined {
  return Number.isSafeInteger(value) && (value as number) >= 0 ? undefined : 'must be a whole number from 0';
}

/**
 * Checks the options of a function by its rules, and reads where they lead.
 *
 * @throws InvalidOptionsError for options that are unknown, against their rule, or said twice.
 */
export function locate(options: KeyOptions, rules: Rules, required: readonly string[] = []): Location {
  const problem = rule.object(options, 'options');
  if (problem) throw new InvalidOptionsError('options', problem);
  checkOptions(options, rules, { required });
  const uri = options.uri === undefined ? undefined : parseUri(options.uri);
  const { token, key, pin, useFinalTry = false } = options;
  refuseBoth(token !== undefined && uri !== undefined && some(uri.token), 'token');
  refuseBoth(key !== undefined && uri !== undefined && some(uri.key), 'key');
  refuseBoth(pin !== undefined && uri?.pin !== undefined, 'pin');
  const wantedKey = typeof key === 'string' ? { label: key } : (key ?? uri?.key ?? {});
  return {
    module: moduleOf(options.module, uri),
    library: uri?.library ?? {},
    token: typeof token === 'string' ? { label: token } : (token ?? uri?.token ?? {}),
    key: { label: wantedKey.label, id: wantedKey.id?.toLowerCase() },
    pin: pinSource(pin ?? uri?.pin),
    hasPin: (pin ?? uri?.pin) !== undefined,
    useFinalTry,
  };
}

function moduleOf(module: string | undefined, uri: UriParts | undefined): string {
  const { path, name } = uri?.module ?? {};
  refuseBoth(module !== undefined && (path ?? name) !== undefined, 'module');
  // RFC 7512: the path may be that of a directory, and the name then that of a module in it.
  const isDirectory = path !== undefined && name !== undefined && !/\.(so|dylib)\b/.test(path);
  const found = module ?? (isDirectory ? `${path}/lib${name}.so` : (path ?? name));
  if (found !== undefined) return found;
  throw new InvalidOptionsError('module', 'is required, unless `uri` has a `module-path` or a `module-name`');
}

function refuseBoth(both: boolean, option: string): void {
  if (both) throw new InvalidOptionsError(option, 'says what `uri` says too; give one of them');
}

function some(query: object): boolean {
  return Object.values(query).some((value) => value !== undefined);
}
