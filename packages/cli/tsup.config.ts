import { defineConfig } from 'tsup';
import { base } from '../../tsup.base.js';

// What a configuration file imports is there for both kinds of modules; the program is an ES module alone.
export default defineConfig([
  { ...base, clean: ['!bin/**'] },
  {
    ...base,
    entry: { brs: 'src/bin.ts' },
    outDir: 'dist/bin',
    format: ['esm'],
    dts: false,
    external: ['@napi-rs/keyring'], // An optional dependency is taken for code to bundle.
  },
]);
