/** What may not stand in a command line, which every user of the machine can read in the list of processes. */
import { CliError } from '../cli-error.js';
import { isPlainObject, valueOf } from './option-path.js';

const instead =
  'Put it into the configuration as { fromFile: path }, { fromEnv: NAME }, { fromCommand: [program, argument] } or { fromPrompt: text }.';

/** Names of options that hold a secret. A `key` may be a path: only its text is one. */
const secretName = /secret|password|passphrase|^credentials$|assertion|token(code)?$|^pin|pin$/i;
/** A token of this kind is a device. */
const tokenDevice = /^identity\.pkcs11\.token(\.|$)/;
/** They say where a secret is. */
const reference = /^(fromFile|fromEnv|fromCommand|fromPrompt|file)$/;

/**
 * Refuses a secret as a flag.
 *
 * @throws CliError (usage), which says where to put it instead.
 */
export function refuseSecretFlag(flag: string, path: readonly string[], text = ''): void {
  if (!isSecret(path, text) && !holdsSecret(path, valueOf(text))) return;
  throw new CliError(
    'usage',
    `${flag} cannot be a flag: it is a secret, and command lines can be read by every user of this machine.`,
    { hint: instead },
  );
}

/** Whether what is given as JSON has a secret within. */
function holdsSecret(path: readonly string[], value: unknown): boolean {
  if (Array.isArray(value)) return (value as unknown[]).some((item) => holdsSecret(path, item));
  if (!isPlainObject(value)) return isSecret(path, String(value));
  return Object.entries(value).some(([name, inner]) => holdsSecret([...path, name], inner));
}

function isSecret(path: readonly string[], text: string): boolean {
  // A key, a PIN in a URI of a token, a password in the URI of a proxy.
  if (/-----BEGIN|^pkcs11:.*[?&]pin-value=|^[a-z]+:\/\/[^/@]*:[^/@]*@/i.test(text)) return true;
  // The source of MFA codes: a command is none, a code is.
  if (path.join('.') === 'mfa.token') return /^\W*\d{6}\W*$/.test(text);
  if (tokenDevice.test(path.join('.'))) return false;
  return !reference.test(path.at(-1) ?? '') && path.some((name) => secretName.test(name));
}
