/**
 * `npm run start-up`: how long `brs --help` takes beside a bare Node, and whether that is within its budget. Both are
 * started in turn, and the fastest of each counts: what else the machine does only ever makes a start slower.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { root } from './lib/workspace.mjs';

const rounds = 25;
const budget = (/** @type {number} */ bareMs) => 1.3 * bareMs + 60;
const program = join(root, 'packages/cli/dist/bin/brs.js');

/** @param {string[]} args */
function time(args) {
  const start = performance.now();
  const { status } = spawnSync(process.execPath, args, { stdio: 'ignore' });
  if (status !== 0) throw new Error(`node ${args.join(' ')} ended with ${status}.`);
  return performance.now() - start;
}

let [bareMs, helpMs] = [Infinity, Infinity];
for (let round = 0; round < rounds; round++) {
  bareMs = Math.min(bareMs, time(['--eval', '0']));
  helpMs = Math.min(helpMs, time([program, '--help']));
}
const limitMs = budget(bareMs);
const shown = (/** @type {number} */ ms) => `${ms.toFixed(0)} ms`.padStart(8);
console.log(`node --eval 0  ${shown(bareMs)}`);
console.log(`brs --help     ${shown(helpMs)}   at most 1.3 times that and 60 ms:${shown(limitMs)}`);
if (helpMs > limitMs) process.exitCode = 1;
