/** A token in SoftHSM, as it comes from its maker: initialised, with a PIN, and empty. */
import { execFile } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Where a token is, and the file that holds its PIN. */
export interface SoftToken {
  readonly module: string;
  readonly token: string;
  readonly pinFile: string;
}

/** SoftHSM reads its configuration from the environment when the module is loaded: one token folder for a process. */
export async function makeSoftToken(folder: string, token: string): Promise<SoftToken> {
  const module = '/usr/lib/softhsm/libsofthsm2.so';
  const [tokens, configuration, pinFile] = [join(folder, 'tokens'), join(folder, 'softhsm2.conf'), join(folder, 'pin')];
  const [pin, securityOfficerPin] = [sixDigits(), sixDigits()];
  await mkdir(tokens, { mode: 0o700 });
  await writeFile(configuration, `directories.tokendir = ${tokens}\nlog.level = ERROR\n`, { mode: 0o600 });
  await writeFile(pinFile, pin, { mode: 0o600 });
  process.env.SOFTHSM2_CONF = configuration;
  // The PINs go by the environment of the tool: what stands in its arguments, everybody on the machine can read.
  const env = { ...process.env, SO_PIN: securityOfficerPin, USER_PIN: pin };
  const tool = (...args: string[]) =>
    run('pkcs11-tool', ['--module', module, '--so-pin', 'env:SO_PIN', ...args], { env });
  await tool('--init-token', '--slot-index', '0', '--label', token);
  await tool('--init-pin', '--token-label', token, '--pin', 'env:USER_PIN');
  return { module, token, pinFile };
}

function sixDigits(): string {
  return String(randomInt(1_000_000)).padStart(6, '0');
}
