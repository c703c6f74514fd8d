/** `npm start`: brings everything that is missing, then runs the quickstart with the arguments it was given. */
import { prepare } from './lib/setup.mjs';
import { run } from './lib/workspace.mjs';

await prepare('{./examples/quickstart}...');
process.exitCode = await run('pnpm', [
  '--silent',
  '--dir',
  'examples/quickstart',
  'run',
  'start',
  ...process.argv.slice(2),
]);
