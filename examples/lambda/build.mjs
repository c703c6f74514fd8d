/** Bundles the handler as it would be deployed, and says what is in it. */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

await rm('dist', { recursive: true, force: true });
const { metafile } = await build({
  entryPoints: ['src/handler.ts'],
  outdir: 'dist',
  outExtension: { '.js': '.mjs' },
  bundle: true,
  minify: true,
  // The STS client is a file of its own, which is loaded when credentials are first needed.
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  mainFields: ['module', 'main'],
  // For the parts of the SDK that are CommonJS.
  banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  metafile: true,
});
await writeFile('dist/metafile.json', JSON.stringify(metafile));

const atStart = new Set(['dist/handler.mjs']);
for (const path of atStart) {
  for (const { path: imported, kind } of metafile.outputs[path]?.imports ?? []) {
    if (kind === 'import-statement' && imported in metafile.outputs) atStart.add(imported);
  }
}
const later = Object.keys(metafile.outputs).filter((path) => !atStart.has(path));
console.log(`loaded at the start:  ${await weigh([...atStart])}`);
console.log(`loaded when needed:   ${await weigh(later)}`);

/** @param {string[]} paths */
async function weigh(paths) {
  const contents = await Promise.all(paths.map((path) => readFile(path)));
  const bytes = sum(contents.map(({ length }) => length));
  const compressed = sum(contents.map((content) => gzipSync(content).length));
  const ours = sum(
    paths.flatMap((path) =>
      Object.entries(metafile.outputs[path]?.inputs ?? {}).map(([input, { bytesInOutput }]) =>
        /packages\/[\w-]+\/dist\//.test(input) ? bytesInOutput : 0,
      ),
    ),
  );
  return `${kilobytes(bytes)}, ${kilobytes(compressed)} compressed; ${kilobytes(ours)} of it core and sts`;
}

/** @param {number[]} values */
function sum(values) {
  return values.reduce((total, value) => total + value, 0);
}

/** @param {number} bytes */
function kilobytes(bytes) {
  return `${(bytes / 1000).toFixed(1)} kB`;
}
