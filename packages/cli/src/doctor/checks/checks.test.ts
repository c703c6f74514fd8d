/** Checks, with what they look at made up. */
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Check, Finding } from '../check.js';
import { manifestOf } from '../manifest.js';
import type { Patient } from '../patient.js';
import { answer } from './answer.js';
import { environment } from './environment.js';
import { mfa } from './mfa.js';
import { secretFiles } from './secret-files.js';

/** What a check finds where the options are these. */
async function findingOf({ run }: Check, options: object, more: object = {}): Promise<Finding> {
  const patient = {
    env: {},
    resolved: () => Promise.resolve({ options, originOf: () => undefined }),
    stsRequest: () => Promise.resolve(),
    base: () => Promise.resolve(),
    awsFiles: () => Promise.resolve({ config: new Map(), credentials: new Map() }),
    ...more,
  };
  return run(patient as unknown as Patient);
}

it.each([
  ['https://sts.example.com/x', 'https://sts.example.com/x'],
  ['https://user:planted@sts.example.com', 'https://***@sts.example.com'],
  ['https://user:pl@nt/ed@sts.example.com', 'https://***@sts.example.com'],
])('tells of the endpoint %s without its password', async (url, shown) => {
  const { found } = await findingOf(environment, {}, { env: { AWS_ENDPOINT_URL: url } });
  expect(found).toBe(`AWS_ENDPOINT_URL leads to ${shown}`);
});

it.each([
  [{}, 'not applicable', 'no device is named'],
  [{ token: ['totp'] }, 'not applicable', 'no device is named'],
  [{ serialNumber: { fromEnv: 'SERIAL' } }, 'not applicable', 'what stands elsewhere names the device'],
  [{ serialNumber: 'GAHT12345678' }, 'ok', 'GAHT12345678; the code is typed on the terminal'],
])('looks at the MFA device of %j', async (given, state, found) => {
  expect(await findingOf(mfa, { mfa: given })).toMatchObject({ state, found });
});

it('has the name of a time-out for its code, which is a number in the platform', async () => {
  const problem = new DOMException('The operation was aborted due to timeout', 'TimeoutError');
  const asked = {
    provider: () => Promise.resolve({ name: 'STS', host: 'sts.example.com' }),
    answer: () => Promise.resolve({ problem }),
  };
  expect(typeof problem.code).toBe('number');
  expect(await findingOf(answer, {}, asked)).toMatchObject({ state: 'failed', code: 'TimeoutError' });
});

it.skipIf(process.platform === 'win32')('gives commands whose paths are words of a shell', async () => {
  const folder = await mkdtemp(join(tmpdir(), "brs it's "));
  const [open, missing] = [join(folder, 'pin'), join(folder, 'none')];
  await writeFile(open, '1234');
  await chmod(open, 0o644);
  const { found, advice } = await findingOf(secretFiles, { pin: { fromFile: open } });
  expect(found).toContain(`${open} (0644)`);
  expect(advice).toBe(`chmod 600 '${open.replace("'", "'\\''")}'`);
  expect((await findingOf(secretFiles, { pin: { fromFile: missing } })).code).toBe('ENOENT');
  await rm(folder, { recursive: true });
});

it('finds no manifest of what has none', async () => {
  expect(manifestOf('node:fs')).toBeUndefined();
  expect(manifestOf('file:///nowhere/node_modules/alone.js')).toBeUndefined();
  expect(manifestOf(import.meta.url)?.name).toBe('@brs/cli');
});
