import type { Options } from 'tsup';

type Plugin = NonNullable<Options['plugins']>[number];

/**
 * For packages that load things late: CommonJS loads them with `require`. An `import()` there fails under jest, and loads a
 * second copy of what the program has already. `string-argv` alone has no CommonJS.
 */
export const requireLate: Plugin = {
  name: 'require-late',
  renderChunk(code) {
    if (this.format !== 'cjs') return;
    return {
      code: code.replace(/\bimport\(("(?!string-argv")[^"]+")\)/g, 'Promise.resolve().then(() => require($1))'),
    };
  },
};

/**
 * What every package builds: ESM and CommonJS for Node 20, with declarations for each. A package overrides only what
 * differs. There are no source maps: the code is not minified, and maps would point to sources that are not published.
 */
export const base: Options = {
  entry: ['src/index.ts'],
  format: ['esm', 'cjs'],
  target: 'node20.19',
  platform: 'node',
  dts: true,
  clean: true,
  treeshake: true,
  splitting: true,
  cjsInterop: false,
  // Some modules exist only with their prefix, such as `node:test`.
  removeNodeProtocol: false,
};
