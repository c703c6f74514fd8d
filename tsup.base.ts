import type { Options } from 'tsup';

/** What every package builds: ESM and CommonJS for Node 20, with declarations for each. A package overrides only what differs. */
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
};
