import { defineConfig } from 'tsup';
import { base, requireLate } from '../../tsup.base.js';

export default defineConfig({ ...base, plugins: [requireLate] });
