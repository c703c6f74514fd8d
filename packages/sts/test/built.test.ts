/** The built package: ESM, CommonJS, bundles; what is registered, what is loaded, and when. */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type LocalAws, startLocalAws } from '@brs/testkit';
import { build, type BuildOptions, type Format } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { roleArn } from './harness.js';

const packageFolder = join(dirname(fileURLToPath(import.meta.url)), '..');
const secret = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP';
let folder: string;
let aws: LocalAws;
beforeAll(async () => {
  // Inside of the package, so that the package itself is found from there.
  mkdirSync(join(packageFolder, '.tmp'), { recursive: true });
  folder = mkdtempSync(join(packageFolder, '.tmp/built-'));
  aws = await startLocalAws({ roles: [{ arn: roleArn, requireMfa: true }] });
  aws.addMfaDevice({ serialNumber: 'command-device', codes: ['111111', '222222', '333333', '444444'] });
  for (const index of [1, 2, 3, 4]) aws.addMfaDevice({ serialNumber: `totp-device-${index}`, totpSecret: secret });
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await aws.close();
});

/** Gets credentials with a command string and with a secret. The methods of MFA bring the libraries that are loaded late. */
const program = (totpDevice: string, code: string): string => `
  const acquire = async (serialNumber, token) => {
    const session = new RefreshableSession({
      method: 'sts', region: 'us-east-1', credentials: ${JSON.stringify(aws.baseCredentials)}, stsClient: { endpoint: '${aws.endpoint}' },
      assumeRole: { RoleArn: '${roleArn}' }, mfa: { serialNumber, token },
    });
    const { accountId } = await session.getCredentials();
    const { arn } = await session.whoami();
    await session.close();
    return accountId + ' ' + arn.split('/')[1];
  };
  const print = async () => {
    const loadedBefore = typeof require === 'function' && require.cache ? Object.keys(require.cache).some((path) => path.includes('client-sts')) : false;
    const byCommand = await acquire('command-device', '${process.execPath} -e "console.log(${code})"');
    const bySecret = await acquire('${totpDevice}', totp({ secret: () => '${secret}' }));
    console.log(JSON.stringify({ methods: listMethods(), loadedBefore, byCommand, bySecret }));
  };
  print();`;

const esm = `import { listMethods, RefreshableSession } from '@brs/core'; import { totp } from '@brs/sts';`;
const cjs = `const { listMethods, RefreshableSession } = require('@brs/core'); const { totp } = require('@brs/sts');`;
const expected = {
  methods: [{ method: 'sts', packageName: '@brs/sts' }],
  loadedBefore: false,
  byCommand: '123456789012 reader',
  bySecret: '123456789012 reader',
};

async function run(file: string): Promise<unknown> {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [file]);
  expect(stderr).toBe('');
  return JSON.parse(stdout);
}

it('works from ESM', async () => {
  const file = join(folder, 'program.mjs');
  writeFileSync(file, esm + program('totp-device-1', '111111'));
  expect(await run(file)).toEqual(expected);
});

it('works from CommonJS, where the SDK client is not loaded before it is needed', async () => {
  const file = join(folder, 'program.cjs');
  writeFileSync(file, cjs + program('totp-device-2', '222222'));
  expect(await run(file)).toEqual(expected);
});

it('loads the CommonJS copy of the SDK client from ESM, which Node need not parse for the names of its exports', async () => {
  const file = join(folder, 'loaded.mjs');
  const report = `console.log(JSON.stringify(Object.keys(createRequire(import.meta.url).cache).filter((path) => /sts-api/.test(path))));`;
  writeFileSync(
    file,
    `import { createRequire } from 'node:module'; import { RefreshableSession } from '@brs/core'; import '@brs/sts';
    const assumeRole = { RoleArn: '${roleArn}' };
    await new RefreshableSession({ assumeRole, stsClient: { endpoint: 'http://127.0.0.1:9', maxAttempts: 1 } }).ready().catch(() => {});
    ${report}`,
  );
  expect(await run(file)).toEqual([join(packageFolder, 'dist/sts-api.cjs')]);
});

async function bundle(
  source: string,
  format: Format,
  options: Pick<BuildOptions, 'conditions' | 'mainFields' | 'splitting'> = {},
): Promise<{ file: string; inputs: string[] }> {
  const name = `bundle-${Math.random()}`;
  const extension = format === 'esm' ? '.mjs' : '.cjs';
  const { metafile } = await build({
    stdin: { contents: source, resolveDir: folder },
    outdir: folder,
    entryNames: name,
    outExtension: { '.js': extension },
    bundle: true,
    minify: true,
    platform: 'node',
    format,
    logLevel: 'error',
    ...options,
    metafile: true,
    ...(format === 'esm' && {
      banner: { js: `import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);` },
    }),
  });
  const inputs = Object.values(metafile.outputs).flatMap(({ inputs: read }) => Object.entries(read));
  return {
    file: join(folder, name + extension),
    inputs: inputs.flatMap(([path, { bytesInOutput }]) => (bytesInOutput ? [path] : [])),
  };
}

describe('a bundle', () => {
  it('works on its own', async () => {
    const { file } = await bundle(esm + program('totp-device-3', '333333'), 'cjs');
    expect(await run(file)).toEqual(expected);
  });

  it('works where the bundler knows no condition `module`', async () => {
    const { file, inputs } = await bundle(esm + program('totp-device-4', '444444'), 'cjs', { conditions: ['node'] });
    expect(await run(file)).toEqual(expected);
    expect(inputs.filter((path) => path.includes('sts-api'))).toEqual([expect.stringContaining('sts-api.cjs')]);
  });

  it('of ES modules drops the commands that are not used', async () => {
    const { inputs } = await bundle(`import '@brs/sts';`, 'esm', {
      mainFields: ['module', 'main'],
      splitting: true,
    });
    expect(inputs).toContainEqual(expect.stringContaining('AssumeRoleWithSAMLCommand'));
    expect(inputs).not.toContainEqual(expect.stringContaining('AssumeRootCommand'));
  });

  it.each(['esm', 'cjs'] as const)(
    '(%s) that only imports the package has the method, and not the library for TOTP',
    async (format) => {
      const { file, inputs } = await bundle(
        `import { listMethods } from '@brs/core'; import '@brs/sts'; console.log(JSON.stringify(listMethods()));`,
        format,
      );
      expect(await run(file)).toEqual(expected.methods);
      expect(inputs.filter((path) => /otpauth|noble/.test(path))).toEqual([]);
      expect(inputs.some((path) => path.includes('packages/sts/dist') || path.includes('dist/index'))).toBe(true);
    },
  );
});
