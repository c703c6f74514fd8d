import { defineConfig } from 'vitest/config';
import { base } from '../../vitest.base.js';

// Every test starts processes. One file after the other, because what is tested with them are credentials that live for seconds.
export default defineConfig({ test: { ...base, testTimeout: 60_000, fileParallelism: false } });
