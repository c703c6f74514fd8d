/**
 * What `npm start` and `npm test` do first: bring pnpm and the dependencies, as the lockfile has them, and build what
 * is out of date. Refuses a Node that is too old.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withLock } from './lock.mjs';
import { packageFolders, readJson, root, run } from './workspace.mjs';

const stampFile = join(root, 'node_modules/.installed');

/**
 * Installs the dependencies unless those in place are the right ones. All output goes to standard error.
 *
 * @returns {Promise<number>} the exit code
 */
export async function install() {
  const { packageManager, engines } = readJson('package.json');
  refuseOldNode(engines.node);
  if (isInstalled()) return 0;
  return withLock('setup', async () => {
    if (isInstalled()) return 0;
    console.error('Installing the dependencies.');
    const args = ['install', '--frozen-lockfile', '--config.confirmModulesPurge=false'];
    const code = await run('npx', ['--yes', '--loglevel=error', packageManager, ...args], { output: 'stderr' });
    if (code === 0) writeFileSync(stampFile, fingerprint());
    return code;
  });
}

/**
 * Builds what is out of date.
 *
 * @param {readonly string[]} [filters] turbo's filters; default: everything
 * @returns {Promise<number>} the exit code; what went wrong has been printed to standard error
 */
export function build(filters = []) {
  return withLock('setup', async () => {
    const slow = setTimeout(() => console.error('Building.'), 1_000);
    const args = ['run', 'build', '--output-logs=new-only', '--continue=dependencies-successful', ...filters];
    const code = await run('turbo', args, { output: 'on-failure' });
    clearTimeout(slow);
    return code;
  });
}

/** Installs, builds, and ends the process where either fails. */
export async function prepare(/** @type {readonly string[]} */ ...filters) {
  const code = (await install()) || (await build(filters.map((filter) => `--filter=${filter}`)));
  if (code !== 0) process.exit(code);
}

function isInstalled() {
  return existsSync(stampFile) && readFileSync(stampFile, 'utf8') === fingerprint();
}

/** Changes with everything that decides what is installed. */
function fingerprint() {
  const hash = createHash('sha256').update(`${process.platform} ${process.arch}`);
  const files = [
    'package.json',
    'pnpm-lock.yaml',
    'pnpm-workspace.yaml',
    ...packageFolders().map((folder) => `${folder}/package.json`),
  ];
  for (const file of files) hash.update(`\n${file}\n`).update(readFileSync(join(root, file)));
  return hash.digest('hex');
}

/** @param {string} range `>=` and a version */
function refuseOldNode(range) {
  const [wanted, found] = [range, process.versions.node].map((version) =>
    version.replace('>=', '').split('.').map(Number),
  );
  const difference =
    [0, 1, 2].map((part) => (found?.[part] ?? 0) - (wanted?.[part] ?? 0)).find((part) => part !== 0) ?? 0;
  if (difference >= 0) return;
  console.error(`This needs Node ${range}; this is ${process.version}.`);
  process.exit(1);
}
