/** The conformance suite under Node's own test runner, which vitest's `describe` and `it` cannot stand in for. */
import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const suite = fileURLToPath(new URL('support/conformance.mjs', import.meta.url));

it('runs under node:test, and fails what does not conform', { timeout: 60_000 }, async () => {
  const { VITEST: _, NODE_OPTIONS: __, ...env } = process.env;
  const child = spawn(process.execPath, ['--test-reporter=tap', suite], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const report = await text(child.stdout);
  expect(report).toMatch(/^ok 1 - strategy scripted$/m);
  expect(report).toMatch(/^not ok 2 - strategy too patient$/m);
  expect(report).toMatch(/not ok \d+ - classifies a refusal as terminal, with a hint$/m);
});
