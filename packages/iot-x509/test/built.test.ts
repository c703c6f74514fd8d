/** The built package: ESM, CommonJS, bundles; what is loaded when, and what a bundle can do without. */
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build, type Format } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Bench, startBench } from './support/device.js';
import { openssl } from '@brs-tests/support/openssl';

const packageFolder = fileURLToPath(new URL('../', import.meta.url));
let bench: Bench;
/** Inside of the package, so that the package itself is found from there. */
let inside: string;
/** Where no package is found. */
let outside: string;
let env: NodeJS.ProcessEnv;
beforeAll(async () => {
  bench = await startBench();
  await mkdir(join(packageFolder, '.tmp'), { recursive: true });
  inside = await mkdtemp(join(packageFolder, '.tmp/built-'));
  outside = await mkdtemp(join(tmpdir(), 'brs-built-'));
  const { host: endpoint, port, ca } = bench.aws.credentialProvider;
  const { certificate, privateKey } = bench.device;
  await writeFile(join(outside, 'key.pem'), privateKey);
  await writeFile(join(outside, 'cert.pem'), certificate);
  const store = join(outside, 'device.p12');
  await openssl(
    'pkcs12',
    '-export',
    '-inkey',
    join(outside, 'key.pem'),
    '-in',
    join(outside, 'cert.pem'),
    '-out',
    store,
    '-passout',
    'pass:open',
  );
  env = {
    ...process.env,
    AWS_ENDPOINT_URL_STS: bench.aws.endpoint,
    AWS_REGION: 'us-east-1',
    BRS_PROVIDER: JSON.stringify({ method: 'iot-x509', endpoint, port, ca, roleAlias: 'device' }),
    BRS_PAIR: JSON.stringify({ certificate, privateKey }),
    BRS_STORE: store,
  };
});
afterAll(async () => {
  await bench.close();
  await rm(inside, { recursive: true });
  await rm(outside, { recursive: true });
});

const esm = `import { RefreshableSession } from '@brs/core'; import { IotError, pem, pkcs12 } from '@brs/iot-x509';`;
const cjs = `const { RefreshableSession } = require('@brs/core'); const { IotError, pem, pkcs12 } = require('@brs/iot-x509');`;
const options = `const provider = JSON.parse(process.env.BRS_PROVIDER), pair = JSON.parse(process.env.BRS_PAIR);`;
const program = `${options}
  const main = async () => {
    const first = new RefreshableSession({ ...provider, ...pair });
    const key = (await first.getCredentials()).accessKeyId.slice(0, 4);
    const whoami = await first.whoami().then(({ account }) => account, (error) => [error.code, error instanceof IotError, error.message]);
    const second = new RefreshableSession({ ...provider, identity: pkcs12({ file: process.env.BRS_STORE, passphrase: 'open' }) });
    const other = (await second.getCredentials()).accessKeyId.slice(0, 4);
    console.log(JSON.stringify({ key, other, whoami }));
  };
  main();`;
const works = { key: 'ASIA', other: 'ASIA', whoami: '123456789012' };
const worksWithoutSts = {
  ...works,
  whoami: [
    'STS_CLIENT_MISSING',
    true,
    'whoami() needs @aws-sdk/client-sts. Install it: npm install @aws-sdk/client-sts',
  ],
};

async function run(file: string): Promise<unknown> {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [file], { env });
  expect(stderr).toBe('');
  return JSON.parse(stdout);
}

it.each([
  ['program.mjs', esm],
  ['program.cjs', cjs],
])('%s works, and exits with its sessions open', async (name, imports) => {
  const file = join(inside, name);
  await writeFile(file, imports + program);
  expect(await run(file)).toEqual(works);
});

async function bundle(source: string, format: Format): Promise<{ file: string; inputs: string[] }> {
  const file = join(outside, `bundle-${Math.random()}.${format === 'esm' ? 'mjs' : 'cjs'}`);
  const { metafile, warnings } = await build({
    stdin: { contents: source, resolveDir: inside },
    outfile: file,
    bundle: true,
    minify: true,
    platform: 'node',
    format,
    metafile: true,
    logLevel: 'silent',
    ...(format === 'esm' && {
      banner: { js: `import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);` },
    }),
  });
  expect(warnings).toEqual([]);
  const [output] = Object.values(metafile.outputs);
  return {
    file,
    inputs: Object.entries(output?.inputs ?? {}).flatMap(([path, { bytesInOutput }]) => (bytesInOutput ? [path] : [])),
  };
}

describe.each(['esm', 'cjs'] as const)('a bundle (%s)', (format) => {
  it('works on its own, and says what whoami() needs where that is not installed', async () => {
    const { file, inputs } = await bundle(esm + program, format);
    expect(inputs.filter((path) => path.includes('aws-sdk'))).toEqual([]);
    expect(await run(file)).toEqual(worksWithoutSts);
  });

  it('finds the package that whoami() needs beside itself', async () => {
    const { file } = await bundle(esm + program, format);
    const moved = join(inside, `moved.${format === 'esm' ? 'mjs' : 'cjs'}`);
    await cp(file, moved);
    expect(await run(moved)).toEqual(works);
  });

  it('holds no library for PKCS#12, and nothing native, where it only imports the method', async () => {
    const source = `import { listMethods } from '@brs/core'; import '@brs/iot-x509'; console.log(JSON.stringify(listMethods()));`;
    const { file, inputs } = await bundle(source, format);
    expect(await run(file)).toEqual([{ method: 'iot-x509', packageName: '@brs/iot-x509' }]);
    expect(inputs.filter((path) => /forge|aws-sdk|\.node$/.test(path))).toEqual([]);
    expect(await readFile(file, 'utf8')).not.toMatch(/PKCS#12|aws-crt|pkcs11js/);
  });
});

it('importing it loads neither TLS nor cryptography', async () => {
  const file = join(inside, 'modules.mjs');
  await writeFile(
    file,
    `import '@brs/iot-x509';
     console.log(JSON.stringify(process.moduleLoadList.filter((name) => /^NativeModule (https?|tls|crypto)$/.test(name))));`,
  );
  expect(await run(file)).toEqual([]);
});
