/** What a user of the package gets: packed, installed with npm outside of the workspace, compiled, run and bundled there. */
import { execFile } from 'node:child_process';
import { cp, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { issueNumbered, startSecretsServer } from '../server/secrets-server.js';

const run = promisify(execFile);
const require = createRequire(import.meta.url);
const typescript = require.resolve('typescript/bin/tsc');
const packed = {
  core: dirname(require.resolve('@brs/core/package.json')),
  custom: dirname(require.resolve('@brs/custom/package.json')),
  vault: fileURLToPath(new URL('..', import.meta.url)),
};
let project: string;
let underNode16: string[];

beforeAll(async () => {
  project = await realpath(await mkdtemp(join(tmpdir(), 'brs-vault-consumer-')));
  await cp(new URL('consumer', import.meta.url), project, { recursive: true });
  await writeFile(join(project, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
  const tarballs = await Promise.all(
    Object.entries(packed).map(async ([name, folder]) => {
      const tarball = join(project, `${name}.tgz`);
      await run('pnpm', ['pack', '--out', tarball], { cwd: folder });
      return tarball;
    }),
  );
  const quietly = ['--no-audit', '--no-fund', '--prefer-offline'];
  await run('npm', ['install', ...quietly, ...tarballs, '@types/node@20'], { cwd: project });
  underNode16 = await compile(['main.ts', 'misspelt.ts', 'misspelt.cts', 'incomplete.ts'], 'node16');
});
afterAll(() => rm(project, { recursive: true, force: true }));

/** What the compiler says of the files, error by error; it leaves a `.js` beside each `.ts`. */
async function compile(files: readonly string[], moduleResolution: 'node16' | 'bundler'): Promise<string[]> {
  const module = moduleResolution === 'bundler' ? 'preserve' : moduleResolution;
  const options = ['--target', 'es2022', '--strict', '--skipLibCheck', '--types', 'node', '--pretty', 'false'];
  const resolution = ['--module', module, '--moduleResolution', moduleResolution];
  const arguments_ = [typescript, ...options, ...resolution, ...files];
  const { stdout } = await run(process.execPath, arguments_, { cwd: project }).catch(
    (error: unknown) => error as { stdout: string },
  );
  // What explains an error stands below it, indented.
  return stdout.split(/\n(?! )/).filter((line) => line !== '');
}

/** What a program of the project prints when it runs against a server of its own. */
async function runProgram(program: string): Promise<unknown> {
  const token = 'planted-server-token';
  await using server = await startSecretsServer({ token, issue: issueNumbered(3) });
  const env = { ...process.env, VAULT_URL: server.url, VAULT_TOKEN: token };
  const { stdout, stderr } = await run(process.execPath, [program], { cwd: project, env });
  expect(stderr).toBe('');
  return JSON.parse(stdout);
}

describe('the packed package, outside of the workspace', () => {
  test('compiles where it is used rightly, and nowhere else', async () => {
    expect(underNode16).toEqual([
      expect.stringMatching(/^incomplete\.ts\(4,24\): .*Property 'token' is missing/s),
      expect.stringMatching(/^misspelt\.cts\(4,77\): .*'rolle' does not exist/),
      expect.stringMatching(/^misspelt\.ts\(4,77\): .*'rolle' does not exist/),
    ]);
    expect(await compile(['main.ts', 'misspelt.ts'], 'bundler')).toEqual([
      expect.stringMatching(/^misspelt\.ts\(4,77\): .*'rolle' does not exist/),
    ]);
    expect(await compile(['not-imported.ts'], 'node16')).toEqual([
      expect.stringMatching(/^not-imported\.ts\(3,26\): .*'string' is not assignable to type 'undefined'/),
    ]);
  });

  test('gets credentials by the name of the method, through an expiry', async () => {
    expect(await runProgram('main.js')).toEqual({
      first: 'ASIAVAULT1',
      again: 'ASIAVAULT1',
      second: 'ASIAVAULT2',
      shown: false,
      identity: { method: 'vault', account: '123456789012' },
    });
  });

  test('does so from CommonJS', async () => {
    expect(await runProgram('main.cjs')).toEqual({ first: 'ASIAVAULT1' });
  });

  test.each([
    ['neither strategy', '', []],
    ['this one', "import '@acme/brs-vault';", ['@acme/brs-vault']],
    ['another one', "import '@brs/custom';", ['@brs/custom']],
    ['both', "import '@acme/brs-vault'; import '@brs/custom';", ['@acme/brs-vault', '@brs/custom']],
  ])('is in a bundle that imports %s only if it is asked for', async (_, imports, expected) => {
    const contents = `import { RefreshableSession } from '@brs/core'; ${imports} export { RefreshableSession };`;
    const { outputFiles, metafile } = await build({
      stdin: { contents, resolveDir: project },
      absWorkingDir: project,
      bundle: true,
      minify: true,
      platform: 'node',
      format: 'esm',
      write: false,
      metafile: true,
      outfile: 'bundle.mjs',
    });
    const inputs = Object.entries(metafile.outputs['bundle.mjs']?.inputs ?? {}).filter(
      ([, { bytesInOutput }]) => bytesInOutput,
    );
    const strategies = ['@acme/brs-vault', '@brs/custom'];
    expect(strategies.filter((name) => inputs.some(([path]) => path.includes(`/${name}/`)))).toEqual(expected);
    // A string that only the strategy's registration has, and one of the errors of each.
    const text = outputFiles[0]?.text ?? '';
    expect(strategies.filter((name) => text.includes(`packageName:"${name}"`))).toEqual(expected);
    expect(text.includes('The server answered')).toBe(expected.includes('@acme/brs-vault'));
    expect(text.includes('The command ')).toBe(expected.includes('@brs/custom'));
  });
});
