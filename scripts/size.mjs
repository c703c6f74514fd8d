/**
 * `npm run size`: bundles what a Lambda would bundle, holds it against the budget, and makes sure that no bundle has
 * anything of a strategy that it did not import.
 */
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { readJson, root } from './lib/workspace.mjs';

const sdk = `export * as s3 from '@aws-sdk/client-s3'; export * as sts from '@aws-sdk/client-sts';`;
const device = `export { RefreshableSession } from '@brs/core'; import '@brs/iot-x509';`;
const strategies = ['custom', 'iot-x509', 'sts'];

/**
 * What an application bundles, which strategies it imports, what it may weigh in bytes (minified, gzip), what it is measured on top
 * of, and what is left outside.
 */
const bundles = [
  {
    name: 'core',
    source: `export { RefreshableSession } from '@brs/core';`,
    imports: [],
    limit: 7_870,
    external: ['@smithy/*'],
  },
  {
    name: 'core + custom',
    source: `export { RefreshableSession } from '@brs/core'; import '@brs/custom';`,
    imports: ['custom'],
    limit: 10_000,
    external: ['@smithy/*'],
  },
  {
    name: 'core + iot-x509',
    source: device,
    imports: ['iot-x509'],
    limit: 14_000,
    external: ['@smithy/*'],
  },
  {
    name: 'core + iot-x509, everything',
    source: device,
    imports: ['iot-x509'],
    limit: 22_000,
  },
  {
    name: 'core + sts, on top of the SDK',
    source: `${sdk} export { RefreshableSession } from '@brs/core'; import '@brs/sts';`,
    imports: ['sts'],
    // The goal is 10,000; this is what it weighs, so that it does not grow.
    limit: 12_263,
    base: sdk,
  },
];

/** @param {string} source @param {string[]} [external] */
async function bundle(source, external = []) {
  const { outputFiles, metafile } = await build({
    // The packages' own dependencies are found from here, as an application that installed them would.
    stdin: { contents: source, resolveDir: join(root, 'packages/sts') },
    absWorkingDir: root,
    alias: Object.fromEntries(['custom', 'iot-x509'].map((name) => [`@brs/${name}`, join(root, readEntry(name))])),
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    minify: true,
    metafile: true,
    write: false,
    external,
    logLevel: 'error',
  });
  const [output] = outputFiles;
  const inputs = Object.values(metafile.outputs).flatMap(({ inputs: read }) =>
    Object.keys(read).filter((path) => read[path]?.bytesInOutput),
  );
  return { text: output?.text ?? '', inputs, gzip: gzipSync(output?.contents ?? '', { level: 9 }).length };
}

/** A package's own code. @param {string} name */
async function codeOf(name) {
  const { text } = await bundle(`export * from '../../${readEntry(name)}';`, ['@*', 'node-forge/*']);
  return text;
}

/** The longer string literals in minified code, and the fixed parts of its templates. @param {string} code */
function stringsOf(code) {
  const literals = code.match(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`(?:[^`\\]|\\.)*`/g) ?? [];
  return literals.flatMap((literal) => literal.slice(1, -1).split(/\$\{[^}]*\}/)).filter((part) => part.length >= 12);
}

/** @param {string} name */
function readEntry(name) {
  return join('packages', name, readJson(`packages/${name}/package.json`).module);
}

let failed = false;
const fail = (/** @type {string} */ message) => {
  failed = true;
  console.error(message);
};

console.log(`${'minified, gzip'.padEnd(32)}${'bytes'.padStart(8)}${'budget'.padStart(8)}`);
for (const { name, source, imports, limit, base, external } of bundles) {
  const [whole, below, ours] = await Promise.all([
    bundle(source, external),
    base ? bundle(base) : undefined,
    // The SDK has strings that a strategy has too.
    bundle(source, ['@smithy/*', '@aws-sdk/*']),
  ]);
  const bytes = whole.gzip - (below?.gzip ?? 0);
  console.log(`${name.padEnd(32)}${String(bytes).padStart(8)}${String(limit).padStart(8)}`);
  if (bytes > limit) fail(`${name} is ${bytes - limit} bytes over its budget.`);
  for (const strategy of imports) {
    if (!whole.text.includes(`@brs/${strategy}`)) fail(`${name} has lost the registration of @brs/${strategy}.`);
  }

  for (const other of strategies.filter((strategy) => !imports.includes(strategy))) {
    const files = whole.inputs.filter((path) => path.includes(`packages/${other}/`));
    const own = await Promise.all(['core', ...imports].map(codeOf));
    const leaked = stringsOf(await codeOf(other)).filter(
      (string) => ours.text.includes(string) && !own.some((text) => text.includes(string)),
    );
    for (const found of [...files, ...leaked]) fail(`${name} holds something of @brs/${other}: ${found}`);
  }
}
if (failed) process.exitCode = 1;
