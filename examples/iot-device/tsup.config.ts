import { defineConfig } from 'tsup';
import { base } from '../../tsup.base.js';

// What brings the programs and makes the token is used elsewhere, too.
const entry = ['src/index.ts', 'src/debian.ts', 'src/soft-token.ts'];

export default defineConfig({ ...base, entry, format: ['esm'], dts: false });
