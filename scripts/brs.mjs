/** `npm run brs -- …`: brings everything that is missing, then is the program `brs`, in the folder where it was called. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { prepare } from './lib/setup.mjs';
import { root } from './lib/workspace.mjs';

await prepare('{./packages/cli}...');
process.chdir(process.env.INIT_CWD ?? '.');
await import(pathToFileURL(join(root, 'packages/cli/dist/bin/brs.js')).href);
