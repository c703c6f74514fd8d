import { defineConfig, type Options } from 'tsup';
import { base, requireLate } from '../../tsup.base.js';

/**
 * Leaves the module with the parts of the SDK out of the index, as `#sts-api` of package.json: Node loads its CommonJS
 * copy, bundlers the ESM one, from which they drop what is not used. Imported from an ES module, the SDK's client would
 * be parsed a second time for the names of its exports, and the first credentials would wait for that.
 */
const stsApi: NonNullable<Options['esbuildPlugins']>[number] = {
  name: 'sts-api',
  setup({ onResolve }) {
    onResolve({ filter: /\/sts-api\.js$/ }, () => ({ path: '#sts-api', external: true }));
  },
};

export default defineConfig([
  { ...base, esbuildPlugins: [stsApi], plugins: [requireLate], clean: ['!sts-api.*'] },
  { ...base, entry: ['src/sts-api.ts'], dts: false, clean: ['!index.*'] },
]);
