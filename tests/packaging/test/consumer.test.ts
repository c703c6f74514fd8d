/** Installs the packed packages with npm into an empty project outside of the workspace, and uses them there. */
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { installNodeVersions, nodeBinary, nodeVersions } from './node-versions.js';

const run = promisify(execFile);
const typescript = createRequire(import.meta.url).resolve('typescript/bin/tsc');
let project: string;

const npmInstall = (...packages: string[]) =>
  run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', ...packages], { cwd: project });

const tarballs = (...names: string[]) =>
  inject('packed')
    .filter(({ name }) => names.length === 0 || names.includes(name))
    .map(({ tarball }) => tarball);

beforeAll(async () => {
  project = await realpath(await mkdtemp(join(tmpdir(), 'brs-consumer-')));
  await cp(fileURLToPath(new URL('consumer/', import.meta.url)), project, { recursive: true });
  await writeFile(join(project, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
});
afterAll(() => rm(project, { recursive: true, force: true }));

describe('@brs/core and @brs/sts, installed', () => {
  beforeAll(() => npmInstall(...tarballs('@brs/core', '@brs/sts')));

  test('bring no native code', async () => {
    const files = await readdir(join(project, 'node_modules'), { recursive: true });
    expect(files.filter((file) => /\.node$|binding\.gyp$/.test(file))).toEqual([]);
  });

  test('run nothing when they are installed', async () => {
    const lock = JSON.parse(await readFile(join(project, 'package-lock.json'), 'utf8')) as {
      packages: Record<string, { hasInstallScript?: boolean }>;
    };
    const running = Object.keys(lock.packages).filter((name) => lock.packages[name]?.hasInstallScript);
    expect(running).toEqual([]);
  });
});

describe('all packages, installed', () => {
  beforeAll(async () => {
    await Promise.all([npmInstall(...tarballs(), '@aws-sdk/client-s3', '@types/node@20'), installNodeVersions()]);
  });

  describe.each(nodeVersions)('%s', (version) => {
    test.each(['main.mjs', 'main.cjs'])('%s works', async (file) => {
      const { stdout, stderr } = await run(nodeBinary(version), [file], { cwd: project });
      expect({ stdout, stderr }).toEqual({ stdout: 'works\n', stderr: '' });
    });
  });

  // Apart from the others, because the native library warns of Node 20 on the standard error output.
  test.each(nodeVersions)('%s loads the native library of @brs/mqtt, and ends', async (version) => {
    const { stdout } = await run(nodeBinary(version), ['mqtt.mjs'], { cwd: project, timeout: 60_000 });
    expect(stdout).toBe('works\n');
  });

  test('compile under node16 and bundler resolution', async () => {
    // Each is a program of its own: what one imports, another must not see. In one process they are read once.
    const programs = [
      { moduleResolution: 'node16', module: 'node16', files: ['typed.ts', 'typed-commonjs.cts'] },
      { moduleResolution: 'bundler', module: 'preserve', files: ['typed.ts'] },
      { moduleResolution: 'node16', module: 'node16', files: ['typed-device.ts'] },
      { moduleResolution: 'bundler', module: 'preserve', files: ['typed-device.ts'] },
      { moduleResolution: 'node16', module: 'node16', files: ['untyped.ts'] },
    ];
    const configs = programs.map(({ files, ...resolution }, index) => {
      const compilerOptions = { target: 'es2022', ...resolution, strict: true, noEmit: true, types: ['node'] };
      return { name: `tsconfig.${index}.json`, text: JSON.stringify({ compilerOptions, files }) };
    });
    for (const { name, text } of configs) await writeFile(join(project, name), text);
    const args = [typescript, '--build', '--verbose', '--pretty', 'false', ...configs.map(({ name }) => name)];
    const { stdout } = await run(process.execPath, args, { cwd: project }).catch(
      (error: unknown) => error as { stdout: string },
    );
    expect(stdout.match(/error TS.*/g)).toBeNull();
    expect(stdout.match(/Building project/g)).toHaveLength(programs.length);
  });
});
