import { defineConfig } from 'vitest/config';
import { base } from '../../vitest.base.js';

export default defineConfig({
  test: {
    ...base,
    // npm installs and a compiler are started here.
    testTimeout: 120_000,
    hookTimeout: 300_000,
  },
});
