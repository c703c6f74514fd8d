/** Where the workspace is, what is in it, and how its tools are run. Depends on nothing, because it runs before the dependencies are there. */
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The top of the workspace. */
export const root = fileURLToPath(new URL('../../', import.meta.url));

/**
 * Reads a JSON file of the workspace.
 *
 * @param {string} path relative to the top
 * @returns {any}
 */
export function readJson(path) {
  return JSON.parse(readFileSync(join(root, path), 'utf8'));
}

/** The folders of all packages of the workspace, relative to its top, as `pnpm-workspace.yaml` has them. */
export function packageFolders() {
  return ['packages', 'examples', 'tests']
    .flatMap((folder) =>
      (existsSync(join(root, folder)) ? readdirSync(join(root, folder)) : []).map((name) => `${folder}/${name}`),
    )
    .concat('bench')
    .filter((folder) => existsSync(join(root, folder, 'package.json')))
    .sort();
}

/**
 * The environment that tools run in: the workspace's own programs first, nothing phones home, and npm's quiet of the
 * `.npmrc`, which npm hands to everything it starts, ends here.
 */
export function toolEnvironment() {
  const { npm_config_loglevel: _, ...inherited } = process.env;
  return {
    ...inherited,
    PATH: [join(root, 'node_modules/.bin'), process.env.PATH].join(delimiter),
    DO_NOT_TRACK: '1',
    TURBO_TELEMETRY_DISABLED: '1',
    TURBO_NO_UPDATE_NOTIFIER: '1',
    NO_UPDATE_NOTIFIER: '1',
  };
}

/**
 * Runs a program at the top of the workspace and gives its exit code.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ output?: 'inherit' | 'stderr' | 'on-failure', env?: NodeJS.ProcessEnv }} [options] where its output goes:
 *   to ours (default), all of it to standard error, or to standard error and only if it fails
 * @returns {Promise<number>}
 */
export function run(command, args, { output = 'inherit', env = toolEnvironment() } = {}) {
  return new Promise((resolve, reject) => {
    /** @type {Record<string, import('node:child_process').StdioOptions>} */
    const outputs = { inherit: 'inherit', stderr: ['ignore', 2, 2], 'on-failure': ['ignore', 'pipe', 'pipe'] };
    // npm's and pnpm's programs are .cmd files on Windows, which only a shell starts.
    const child = spawn(command, args, {
      cwd: root,
      env,
      stdio: outputs[output] ?? 'inherit',
      shell: process.platform === 'win32',
    });
    /** @type {Buffer[]} */
    const held = [];
    child.stdout?.on('data', (chunk) => held.push(chunk));
    child.stderr?.on('data', (chunk) => held.push(chunk));
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (code !== 0) for (const chunk of held) process.stderr.write(chunk);
      resolve(code ?? (signal === 'SIGINT' ? 130 : 1));
    });
  });
}
