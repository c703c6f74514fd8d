import { defineConfig } from 'vitest/config';
import { base } from '../../vitest.base.js';

// Every test starts processes, and waits for them. Two files at a time: with more, credentials that live for seconds expire in a queue for the processor.
export default defineConfig({ test: { ...base, testTimeout: 60_000, maxWorkers: 2 } });
