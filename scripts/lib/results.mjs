/** Reads what a run of turbo did: its own summary says how each task ended, vitest's reports what each test suite found. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readJson, root } from './workspace.mjs';

/** Where turbo writes the summary of a run. */
export const summaries = '.turbo/runs';

/** Where a package's test suite leaves its report: `vitest.base.ts` says so. */
export const resultsFile = '.tmp/test-results.json';

/** @typedef {{ passed: number, failed: string[], skipped: string[] }} Result */

/**
 * The results by step. A task that was planned and is in no summary could not run, because something before it failed.
 *
 * @param {{ taskId: string, task: string, command: string, directory: string }[]} planned
 * @returns {Map<string, Result>}
 */
export function readResults(planned) {
  /** @type {Map<string, Result>} */
  const byStep = new Map();
  const [summary] = existsSync(join(root, summaries)) ? readdirSync(join(root, summaries)) : [];
  /** @type {{ taskId: string, execution?: { exitCode?: number }, cache?: { status?: string } }[]} */
  const ran = summary ? readJson(`${summaries}/${summary}`).tasks : [];
  for (const { taskId, task, command, directory } of planned) {
    if (command === '<NONEXISTENT>') continue;
    const result = byStep.get(task) ?? { passed: 0, failed: [], skipped: [] };
    byStep.set(task, result);
    const outcome = ran.find((candidate) => candidate.taskId === taskId);
    const succeeded = outcome?.execution?.exitCode === 0 || outcome?.cache?.status === 'HIT';
    const report = join(directory, resultsFile);
    if (outcome && task === 'test' && existsSync(join(root, report))) {
      addTests(result, readJson(report), taskId, succeeded);
    } else if (succeeded) {
      result.passed++;
    } else {
      result.failed.push(outcome ? taskId : `${taskId} (did not run)`);
    }
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
  for (const { name, status, assertionResults } of report.testResults) {
    if (status === 'failed' && assertionResults.length === 0) result.failed.push(`${taskId} ${name}`);
    for (const test of assertionResults) {
      const title = `${taskId} ${test.fullName}`;
      if (test.status === 'passed') result.passed++;
      else if (test.status === 'failed') result.failed.push(title);
      else result.skipped.push(title);
    }
  }
  // An error outside of every test, such as an unhandled rejection.
  if (!succeeded && result.failed.length === before) result.failed.push(`${taskId} (see above)`);
}

/** @param {Result} result */
export function count({ passed, failed, skipped }) {
  return `${passed} passed, ${failed.length} failed${skipped.length > 0 ? `, ${skipped.length} skipped` : ''}`;
}
