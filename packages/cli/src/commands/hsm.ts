/** `brs hsm`: keys and certificates in an HSM or TPM, by `@brs/pkcs11`, which is loaded for this alone. */
import { writeFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import type { KeyPairType } from '@brs/pkcs11';
import { CliError } from '../cli-error.js';
import { describeSlot, listModule } from '../hsm/list.js';
import { withPkcs11 } from '../hsm/package.js';
import { isNamed, keyOf, keyUri } from '../hsm/uri.js';
import { type HsmFlags, readWhere } from '../hsm/where.js';
import { printable } from '../printable.js';
import { print, say } from '../print.js';
import type { CommandContext } from './session-command.js';

interface ListFlags extends HsmFlags {
  readonly login?: true;
  readonly json?: true;
}

/** The modules; or what is in one. */
export async function list(flags: ListFlags, context: CommandContext): Promise<void> {
  const where = await readWhere(flags, context);
  const { module, uri } = where.token;
  if (module === undefined && uri === undefined && Object.keys(where.options).length === 0) {
    const modules = await withPkcs11(where, (pkcs11) => pkcs11.listModules());
    if (flags.json) print(JSON.stringify({ modules }));
    for (const { name, path } of flags.json ? [] : modules) print(`${name}  ${path}`);
    if (modules.length > 0) say('`brs hsm list --module <name>` shows what is in one.');
    else say('No module was found where packages put them. `brs hsm list --module <path>` takes any.');
    return;
  }
  const logIn = flags.login ?? where.hasPin;
  const slots = await withPkcs11(where, (pkcs11) => listModule(pkcs11, where, logIn));
  if (flags.json) print(JSON.stringify({ slots }));
  else for (const slot of slots) for (const line of describeSlot(slot)) print(printable(line));
  if (slots.length === 0) say('No token is as asked for.');
  else if (!logIn) say('Private keys are shown after a login: with --login, or with the PIN.');
}

/** Makes a key pair. */
export async function newKey(
  flags: HsmFlags & { readonly type: string; readonly json?: true },
  context: CommandContext,
): Promise<void> {
  const where = await readWhere(flags, context);
  const { module, uri } = where.token;
  const type = flags.type as KeyPairType;
  const made = await withPkcs11(where, async (pkcs11) => {
    const slots = await pkcs11.listSlots(uri === undefined ? { module } : { module, uri });
    const { label, id } = where.key ?? (uri === undefined ? {} : keyOf(uri));
    if (label === undefined) {
      throw new CliError('usage', 'The new key needs a label.', { hint: 'Give --key, such as --key device.' });
    }
    const pair = await pkcs11.generateKeyPair({ ...where.withPin, type, label, id });
    const ready = slots.filter((slot) => slot.token?.initialized);
    const token = ready.find((slot) => isNamed(where.token, slot))?.token;
    const others = { tokens: ready.flatMap((slot) => slot.token ?? []), keys: [] };
    return { ...pair, type, uri: token && keyUri({ ...where.token, pin: where.options.pin }, token, pair, others) };
  });
  const { publicKey, ...shown } = made;
  if (flags.json) print(JSON.stringify({ ...shown, publicKey }));
  else for (const [name, value] of Object.entries(shown)) print(`${name.padEnd(5)} ${value}`);
}

/** Prints a certificate request. */
export async function request(
  flags: HsmFlags & { readonly subject?: string; readonly out?: string },
  context: CommandContext,
): Promise<void> {
  const where = await readWhere(flags, context);
  const { subject, out } = flags;
  if (!subject) {
    throw new CliError('usage', 'The request needs the name of the device.', { hint: 'Give --subject CN=gateway-7.' });
  }
  const pem = await withPkcs11(where, (pkcs11) =>
    pkcs11.createCertificateRequest({ ...where.withPin, key: where.key, subject }),
  );
  if (out === undefined) process.stdout.write(pem);
  else await save(out, pem);
}

/** Puts a certificate beside its key. */
export async function importCertificate(
  flags: HsmFlags,
  context: CommandContext,
  [file = '', ...more]: readonly string[],
): Promise<void> {
  if (more.length > 0) throw new CliError('usage', 'One certificate is put into the token at a time.');
  const where = await readWhere(flags, context);
  const certificate = file === '-' ? await text(process.stdin) : file;
  if (file === '-' && !certificate.includes('-----BEGIN')) {
    throw new CliError('usage', 'What came by standard input is no certificate in PEM.');
  }
  await withPkcs11(where, (pkcs11) => pkcs11.importCertificate({ ...where.withPin, key: where.key, certificate }));
}

async function save(path: string, content: string): Promise<void> {
  try {
    await writeFile(path, content);
  } catch (error) {
    throw new CliError('usage', `${path} cannot be written.`, { cause: error });
  }
}
