import type { Options } from 'tsup';

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
