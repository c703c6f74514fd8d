/** The programs that the example needs: SoftHSM, OpenSC and mosquitto, from Debian's packages where they are missing. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';

const run = promisify(execFile);

const needed = {
  softhsm2: '/usr/bin/softhsm2-util',
  opensc: '/usr/bin/pkcs11-tool',
  mosquitto: '/usr/sbin/mosquitto',
};

/** The programs are missing and could not be installed; the message says what to do. */
export class MissingPrograms extends Error {
  override readonly name = 'MissingPrograms';
}

/**
 * Installs what is missing, as root. Anybody else is told what to install.
 *
 * @throws {@link MissingPrograms}
 */
export async function bringPrograms(tell: (text: string) => void): Promise<void> {
  const missing = Object.entries(needed)
    .filter(([, path]) => !existsSync(path))
    .map(([name]) => name);
  if (missing.length === 0) return;
  const instead = `Install ${missing.join(' and ')}, on Debian and Ubuntu with: apt-get install ${missing.join(' ')}`;
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) throw new MissingPrograms(instead);
  tell(`Installing ${missing.join(' and ')}.`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const options = ['-y', '-q', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=300'];
  try {
    await run('apt-get', ['update', '-q'], { env });
    await run('apt-get', ['install', ...options, ...missing], { env });
  } catch (error) {
    throw new MissingPrograms(`apt-get failed. ${instead}`, { cause: error });
  }
}
