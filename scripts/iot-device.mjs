/** `npm run iot-device`: brings everything that is missing, then runs the example with the arguments it was given. */
import { prepare } from './lib/setup.mjs';
import { run } from './lib/workspace.mjs';

await prepare('{./examples/iot-device}...');
process.exitCode = await run('pnpm', [
  '--silent',
  '--dir',
  'examples/iot-device',
  'run',
  'start',
  ...process.argv.slice(2),
]);
