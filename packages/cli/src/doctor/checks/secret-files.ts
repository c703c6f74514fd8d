/** Files with secrets are their owner's alone. */
import { access, constants, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { homedir } from 'node:os';
import { isPlainObject, type Options } from '../../config/option-path.js';
import type { ResolvedSession } from '../../config/resolve.js';
import { pinFileOf } from '../../hsm/uri.js';
import { quoteWord } from '../../shell/quote.js';
import { identityIn } from '../../session/identity.js';
import { type Check, failed, notApplicable, ok, warning } from '../check.js';
import type { Patient } from '../patient.js';

export const secretFiles: Check = {
  name: 'secret-files',
  title: 'Files with secrets',
  needs: ['configuration'],
  async run(patient) {
    if (process.platform === 'win32') return notApplicable('files have no modes here');
    const files = await filesOf(patient);
    const open: { file: string; mode: string }[] = [];
    for (const file of files) {
      try {
        await access(file, constants.R_OK);
        const { mode } = await stat(file);
        if (mode & 0o077) open.push({ file, mode: (mode & 0o777).toString(8).padStart(4, '0') });
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        const isDenied = code === 'EACCES' || code === 'EPERM';
        const advice = isDenied
          ? `Let this user read it: chown "$(id -un)" ${quoteWord(file)}`
          : 'Correct the path, or make the file.';
        return failed(`${file} cannot be read.`, advice, code);
      }
    }
    if (open.length > 0) {
      return warning(
        `Others on this machine can read or write ${open.map(({ file, mode }) => `${file} (${mode})`).join(', ')}.`,
        `chmod 600 ${open.map(({ file }) => quoteWord(file)).join(' ')}`,
        'MODE',
      );
    }
    return files.length > 0 ? ok(`only their owner can read ${files.join(', ')}`) : notApplicable('no file is named');
  },
};

/** Those that the options name, and the shared credentials where they are used. */
async function filesOf(patient: Patient): Promise<string[]> {
  const resolved = await patient.resolved();
  const { options, originOf } = resolved;
  const { env } = patient;
  const files = [...namedIn(options), ...ofIdentity(resolved)];
  const { privateKey } = options;
  if (typeof privateKey === 'string' && !privateKey.includes('-----BEGIN')) files.push(privateKey);
  for (const option of plainSecretsIn(options)) {
    const file = originOf(option)?.replace(/:\d+$/, '');
    if (file?.startsWith('/')) files.push(file);
  }
  const usesAwsFiles = options.fromSdkProfile !== undefined || (await patient.stsRequest()) !== undefined;
  if (usesAwsFiles && (await patient.awsFiles()).credentials.size > 0) {
    files.push(env.AWS_SHARED_CREDENTIALS_FILE ?? join(env.HOME ?? homedir(), '.aws/credentials'));
  }
  // Whoever mounts those has set their modes.
  return [...new Set(files)].filter((file) => !/^\/(var\/)?run\/secrets\//.test(file));
}

/** A PKCS#12 store, and the file of a PIN. */
function* ofIdentity(resolved: ResolvedSession): Generator<string> {
  const { maker, options } = identityIn(resolved) ?? {};
  const { file } = ((maker === 'pkcs12' ? options : options?.pin) ?? {}) as { file?: unknown };
  if (typeof file === 'string') yield file;
  const pinFile = typeof options?.uri === 'string' && pinFileOf(options.uri);
  if (pinFile) yield pinFile;
}

/** Secrets that stand in the options themselves, by their dotted names. */
function* plainSecretsIn(options: Options, path = ''): Generator<string> {
  for (const [name, value] of Object.entries(options)) {
    if (typeof value === 'string' && /^(secretAccessKey|sessionToken|passphrase|pin|password)$/i.test(name)) {
      yield `${path}${name}`;
    }
    if (isPlainObject(value)) yield* plainSecretsIn(value, `${path}${name}.`);
  }
}

function* namedIn(value: unknown): Generator<string> {
  if (Array.isArray(value)) for (const item of value as unknown[]) yield* namedIn(item);
  if (!isPlainObject(value)) return;
  if (typeof value.fromFile === 'string') yield value.fromFile;
  else for (const [name, inner] of Object.entries(value)) if (!/Token|Assertion/.test(name)) yield* namedIn(inner);
}
