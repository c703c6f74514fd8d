/**
 * `npm test`: brings everything that is missing, runs every check of every package, and adds the results up. The last
 * line says how many passed, failed and were skipped; a step that is no test suite (a build, a type check, the linter)
 * counts as one.
 */
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { withLock } from './lib/lock.mjs';
import { build, install } from './lib/setup.mjs';
import { packageFolders, readJson, root, run, toolEnvironment } from './lib/workspace.mjs';

const steps = ['build', 'typecheck', 'test'];
const rootSteps = ['typecheck:root', 'lint', 'format:check', 'knip', 'size'];

const resultsFile = '.tmp/test-results.json';

/** @typedef {{ passed: number, failed: string[], skipped: string[] }} Result */

if ((await install()) !== 0) {
  console.log(count(0, 1, 0));
  process.exit(1);
}
await withLock('test', async () => {
  // Builds are under a lock of their own, so that `npm start` need not wait for the tests.
  if (!process.env.CI) await build();
  for (const old of ['.turbo/runs', ...packageFolders().map((folder) => `${folder}/${resultsFile}`)]) {
    rmSync(join(root, old), { recursive: true, force: true });
  }
  const args = [
    ...steps,
    ...rootSteps.map((step) => `//#${step}`),
    '--summarize',
    '--continue=dependencies-successful',
  ];
  const log = ['--output-logs=new-only', '--log-order=grouped', `--concurrency=${Math.max(2, availableParallelism())}`];
  // What is unchanged since it passed on this machine need not run again; on CI everything runs.
  const cache = process.env.CI ? ['--force'] : [];
  const exitCode = await run('turbo', ['run', ...args, ...log, ...cache], {
    env: { ...toolEnvironment(), NODE_RELEASE: process.version },
  });
  report(results(), exitCode);
});

/** @returns {Map<string, Result>} by step */
function results() {
  /** @type {Map<string, Result>} */
  const byStep = new Map();
  const [summary] = existsSync(join(root, '.turbo/runs')) ? readdirSync(join(root, '.turbo/runs')) : [];
  if (!summary) return byStep;
  for (const { taskId, task, command, directory, execution, cache } of readJson(`.turbo/runs/${summary}`).tasks) {
    if (command === '<NONEXISTENT>') continue;
    const result = byStep.get(task) ?? { passed: 0, failed: [], skipped: [] };
    byStep.set(task, result);
    const succeeded = cache?.status === 'HIT' || execution?.exitCode === 0;
    const file = join(directory, resultsFile);
    if (task === 'test' && existsSync(join(root, file))) {
      addTests(result, readJson(file), taskId, succeeded);
    } else if (succeeded) result.passed++;
    else result.failed.push(`${taskId}${execution?.exitCode === undefined ? ' (did not run)' : ''}`);
  }
  return byStep;
}

/**
 * @param {Result} result
 * @param {any} report vitest's
 * @param {string} taskId
 * @param {boolean} succeeded
 */
function addTests(result, report, taskId, succeeded) {
  const before = result.failed.length;
  for (const { name, status, message, assertionResults } of report.testResults) {
    if (status === 'failed' && assertionResults.length === 0) result.failed.push(`${taskId}: ${name}: ${message}`);
    for (const test of assertionResults) {
      const title = `${taskId}: ${test.fullName}`;
      if (test.status === 'passed') result.passed++;
      else if (test.status === 'failed') result.failed.push(title);
      else result.skipped.push(title);
    }
  }
  // An error outside of every test, such as an unhandled rejection.
  if (!succeeded && result.failed.length === before) result.failed.push(`${taskId} (see above)`);
}

/**
 * @param {Map<string, Result>} byStep
 * @param {number} exitCode
 */
function report(byStep, exitCode) {
  console.log();
  const total = { passed: 0, failed: 0, skipped: 0 };
  for (const [step, { passed, failed, skipped }] of byStep) {
    console.log(`${step.padEnd(16)} ${count(passed, failed.length, skipped.length)}`);
    for (const title of skipped) console.log(`  skipped  ${title}`);
    for (const title of failed) console.log(`  failed   ${title}`);
    total.passed += passed;
    total.failed += failed.length;
    total.skipped += skipped.length;
  }
  if (exitCode !== 0 && total.failed === 0) {
    console.log(`turbo ended with ${exitCode}`);
    total.failed = 1;
  }
  console.log(`\n${count(total.passed, total.failed, total.skipped)}`);
  process.exitCode = total.failed > 0 ? 1 : 0;
}

/**
 * @param {number} passed
 * @param {number} failed
 * @param {number} skipped
 */
function count(passed, failed, skipped) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}
