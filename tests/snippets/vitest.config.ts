import { defineConfig } from 'vitest/config';
import { base } from '../../vitest.base.js';

export default defineConfig({
  // The compiler reads the types of several SDK clients.
  test: { ...base, testTimeout: 120_000, hookTimeout: 120_000 },
});
