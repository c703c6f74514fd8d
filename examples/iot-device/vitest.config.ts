import { defineConfig } from 'vitest/config';
import { base } from '../../vitest.base.js';

// The program installs what it needs, makes keys, and runs through expiries and restarts.
export default defineConfig({ test: { ...base, testTimeout: 180_000 } });
