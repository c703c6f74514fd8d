/**
 * The Node binaries that the packed packages are tried on. They are npm packages, pinned with their integrity in
 * `node-versions/package-lock.json`, and exist for Linux on x64; elsewhere the Node that runs the tests has to do.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const pinned = fileURLToPath(new URL('../node-versions/', import.meta.url));
const installed = fileURLToPath(new URL('../.tmp/node-versions/', import.meta.url));

/** The names of the versions: Node's lines, or the one that runs the tests. */
export const nodeVersions: string[] =
  process.platform === 'linux' && process.arch === 'x64'
    ? ['node-20', 'node-22', 'node-24', 'node-26']
    : [`${process.version}, the only one for ${process.platform} ${process.arch}`];

/** The path of a version's binary. */
export function nodeBinary(version: string): string {
  return version.startsWith('node-') ? join(installed, 'node_modules', version, 'bin/node') : process.execPath;
}

/** Installs the binaries unless they are there. */
export async function installNodeVersions(): Promise<void> {
  if (nodeVersions.length === 1) return;
  const lock = createHash('sha256')
    .update(await readFile(join(pinned, 'package-lock.json')))
    .digest('hex');
  const stamp = join(installed, '.installed');
  if ((await readFile(stamp, 'utf8').catch(() => '')) === lock) return;
  await cp(pinned, installed, { recursive: true });
  await promisify(execFile)('npm', ['ci', '--no-audit', '--no-fund'], { cwd: installed });
  await writeFile(stamp, lock);
}
