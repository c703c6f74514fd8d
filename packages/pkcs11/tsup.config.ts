import { defineConfig } from 'tsup';
import { base } from '../../tsup.base.js';

// An optional dependency is taken for code to bundle.
export default defineConfig({ ...base, external: ['pkcs11js'] });
