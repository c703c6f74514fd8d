import { defineConfig } from 'vitest/config';
import { base } from '../../vitest.base.js';

export default defineConfig({
  test: {
    ...base,
    projects: [
      { test: { ...base, name: 'parts', include: ['src/**/*.test.ts'] } },
      // A process loads a module once: every file has one of its own.
      { test: { ...base, name: 'tokens', include: ['test/**/*.test.ts'], isolate: true } },
    ],
  },
});
