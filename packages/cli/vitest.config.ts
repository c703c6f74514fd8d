import { defineConfig } from 'vitest/config';
import { base } from '../../vitest.base.js';

// Tests that bundle, and tests that start processes, take seconds on a busy machine.
export default defineConfig({ test: { ...base, testTimeout: 60_000 } });
