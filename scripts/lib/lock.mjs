/** A lock between processes, so that two commands in one checkout do not install or build over each other. */
import { mkdirSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { root } from './workspace.mjs';

const heartbeatMs = 2_000;
/** A lock that nobody has touched for so long belongs to a process that was killed. */
const abandonedMs = 15_000;

/**
 * Runs a function while no other process runs one under the same name.
 *
 * @template T
 * @param {string} name
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withLock(name, work) {
  const path = join(root, '.tmp', `${name}.lock`);
  mkdirSync(dirname(path), { recursive: true });
  for (let told = false; !take(path); told = true) {
    if (!told) console.error(`Another command is running here (${name}); waiting for it.`);
    await sleep(250);
  }
  const heartbeat = setInterval(() => touch(path), heartbeatMs);
  const release = () => rmSync(path, { recursive: true, force: true });
  const stop = () => process.exit(130);
  process.once('exit', release).once('SIGINT', stop).once('SIGTERM', stop);
  try {
    return await work();
  } finally {
    clearInterval(heartbeat);
    release();
    process.off('exit', release).off('SIGINT', stop).off('SIGTERM', stop);
  }
}

/** @param {string} path */
function take(path) {
  try {
    mkdirSync(path);
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw error;
  }
  if (age(path) > abandonedMs) {
    // Whoever renames it first has it; the loser finds nothing to rename, or a lock that is young again and goes back.
    const mine = `${path}.${process.pid}`;
    try {
      renameSync(path, mine);
      if (age(mine) > abandonedMs) rmSync(mine, { recursive: true });
      else renameSync(mine, path);
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'ENOENT') throw error;
    }
  }
  return false;
}

/** @param {string} path */
function age(path) {
  return Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
}

/** @param {string} path */
function touch(path) {
  const now = new Date();
  utimesSync(path, now, now);
}
