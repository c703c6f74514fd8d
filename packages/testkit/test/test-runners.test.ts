/** The conformance suite under the runners that vitest's `describe` and `it` cannot stand in for. */
import { execFile, spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const support = fileURLToPath(new URL('support/', import.meta.url));
const require = createRequire(import.meta.url);
const jest = require.resolve('jest/bin/jest');

function environment(): NodeJS.ProcessEnv {
  const { VITEST: _, NODE_OPTIONS: __, ...env } = process.env;
  return env;
}

it('runs under node:test, and fails what does not conform', { timeout: 60_000 }, async () => {
  const child = spawn(process.execPath, ['--test-reporter=tap', `${support}conformance.mjs`], {
    env: environment(),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const report = await text(child.stdout);
  expect(report).toMatch(/^ok 1 - strategy scripted$/m);
  expect(report).toMatch(/^not ok 2 - strategy too patient$/m);
  expect(report).toMatch(/not ok \d+ - classifies a refusal as terminal, with a hint$/m);
});

it('runs under jest, and fails what does not conform', { timeout: 120_000 }, async () => {
  const config = JSON.stringify({ rootDir: support, testMatch: ['**/*.jest.cjs'], transform: {} });
  const args = [jest, '--config', config, '--json', '--runInBand', '--no-cache'];
  const { stdout } = await promisify(execFile)(process.execPath, args, {
    env: environment(),
    maxBuffer: 2 ** 26,
  }).catch((error: unknown) => error as { stdout: string });
  const { testResults } = JSON.parse(stdout) as {
    testResults: { assertionResults: { ancestorTitles: string[]; title: string; status: string }[] }[];
  };
  const results = testResults.flatMap(({ assertionResults }) => assertionResults);
  const failedOf = (suite: string) =>
    results.filter(({ ancestorTitles: [name], status }) => name === suite && status !== 'passed');
  expect(results.filter(({ ancestorTitles: [name] }) => name === 'strategy scripted').length).toBeGreaterThan(50);
  expect(failedOf('strategy scripted')).toEqual([]);
  expect(failedOf('strategy too patient').map(({ title }) => title)).toContain(
    'classifies a refusal as terminal, with a hint',
  );
});
