import { defineConfig } from 'vitest/config';
import { base } from '../../vitest.base.js';

// What was registered is looked at: no file may see what another one did.
export default defineConfig({ test: { ...base, isolate: true } });
