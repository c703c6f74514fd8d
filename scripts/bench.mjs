/** `npm run bench`: brings everything that is missing, then takes the figures, with the arguments it was given. */
import { prepare } from './lib/setup.mjs';
import { run } from './lib/workspace.mjs';

await prepare('{./bench}...');
process.exitCode = await run('pnpm', ['--silent', '--dir', 'bench', 'run', 'bench', ...process.argv.slice(2)]);
