/** The options of `method: 'vault'`, and their checks when a session is made. */
import { checkOptions, type OptionRule, rule } from '@brs/core';

export interface VaultOptions {
  /** Where the server is. `https`, or `http` on this machine. */
  readonly url: string;
  /** The role at the server whose AWS credentials are wanted. */
  readonly role: string;
  /** What the server knows the caller by: the token, or a function that reads it at every refresh. */
  readonly token: string | (() => string | Promise<string>);
}

const loopback = new Set(['127.0.0.1', '[::1]', 'localhost']);

const serverRule: OptionRule = (value) => {
  const url = typeof value === 'string' && URL.canParse(value) ? new URL(value) : undefined;
  if (url?.protocol === 'https:' || (url?.protocol === 'http:' && loopback.has(url.hostname))) return undefined;
  return 'must be an https URL, or an http URL on this machine';
};

const tokenRule: OptionRule = (value, option) => (typeof value === 'function' ? undefined : rule.string(value, option));

/** @throws InvalidOptionsError that names the option, and does not show its value. */
export function checkVaultOptions(options: VaultOptions): void {
  checkOptions(
    options,
    { url: serverRule, role: rule.string, token: tokenRule },
    { required: ['url', 'role', 'token'] },
  );
}
