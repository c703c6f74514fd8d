import { defineConfig } from 'tsup';
import { base } from '../tsup.base.js';

// File by file: each figure runs in processes of its own, which load what they need and nothing else.
export default defineConfig({
  ...base,
  entry: ['src/**/*.ts'],
  format: ['esm'],
  dts: false,
  bundle: false,
  splitting: false,
  treeshake: false,
});
