/**
 * `npm test`: brings everything that is missing, runs every check of every package, and adds the results up. The last
 * line says how many passed, failed and were skipped; a step that is no test suite (a build, a type check, the linter)
 * counts as one.
 */
import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { withLock } from './lib/lock.mjs';
import { count, readResults, resultsFile, summaries } from './lib/results.mjs';
import { build, install } from './lib/setup.mjs';
import { packageFolders, root, run, toolEnvironment } from './lib/workspace.mjs';

const steps = ['build', 'test', '//#typecheck', '//#lint', '//#format:check', '//#knip', '//#size'];

process.exitCode = 1;
if ((await install()) === 0) await withLock('test', testAll);
else console.log(count({ passed: 0, failed: ['install'], skipped: [] }));

async function testAll() {
  // Builds are under a lock of their own, so that `npm start` need not wait for the tests.
  if (!process.env.CI) await build();
  for (const old of [summaries, ...packageFolders().map((folder) => `${folder}/${resultsFile}`)]) {
    rmSync(join(root, old), { recursive: true, force: true });
  }
  /** @type {NodeJS.ProcessEnv} */
  const env = { ...toolEnvironment(), NODE_RELEASE: process.version };
  if (!process.stdout.isTTY && !env.FORCE_COLOR) env.NO_COLOR = '1';
  const args = [
    '--summarize',
    '--continue=dependencies-successful',
    '--output-logs=new-only',
    '--log-order=grouped',
    // Tests wait for what they start about as often as they compute.
    `--concurrency=${availableParallelism() + 1}`,
  ];
  // What is unchanged since it passed on this machine need not run again; on CI everything runs.
  if (process.env.CI) args.push('--force');
  const exitCode = await run('turbo', ['run', ...steps, ...args], { env });
  const planned = execFileSync('turbo', ['run', ...steps, '--dry=json'], {
    cwd: root,
    env,
    encoding: 'utf8',
    maxBuffer: Infinity,
  });
  report(readResults(JSON.parse(planned).tasks), exitCode);
}

/**
 * @param {Map<string, import('./lib/results.mjs').Result>} byStep
 * @param {number} exitCode turbo's
 */
function report(byStep, exitCode) {
  /** @type {import('./lib/results.mjs').Result} */
  const total = { passed: 0, failed: [], skipped: [] };
  console.log();
  for (const [step, result] of byStep) {
    console.log(`${step.padEnd(16)} ${count(result)}`);
    for (const title of result.skipped) console.log(`  skipped  ${title}`);
    for (const title of result.failed) console.log(`  failed   ${title}`);
    total.passed += result.passed;
    total.failed.push(...result.failed);
    total.skipped.push(...result.skipped);
  }
  if (exitCode !== 0 && total.failed.length === 0) {
    console.log(`  failed   turbo ended with ${exitCode}`);
    total.failed.push('turbo');
  }
  console.log(`\n${count(total)}`);
  process.exitCode = total.failed.length > 0 ? 1 : 0;
}
