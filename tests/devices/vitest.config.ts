import { defineConfig } from 'vitest/config';
import { base } from '../../vitest.base.js';

// A process loads a module once: every file has one of its own.
export default defineConfig({ test: { ...base, isolate: true } });
