import { defineConfig, type Options } from 'tsup';

const options: Options = {
  entry: ['src/index.ts'],
  format: ['esm', 'cjs'],
  target: 'node20',
  dts: true,
  clean: true,
};

export default defineConfig(options);
