#!/usr/bin/env node
/** The program `brs`: runs a command line and reports what went wrong. */
import { runProgram } from './program.js';

const argv = process.argv.slice(2);
// What a command that is run finds is what was there before.
const env = { ...process.env };
// The SDK warns on Node 20 that it will not support it one day: that is the business of who builds this, not of who runs it.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
runProgram(argv, env).catch(async (error: unknown) => {
  const { end } = await import('./end.js');
  const own = argv.includes('--') ? argv.slice(0, argv.indexOf('--')) : argv;
  end(error, own.includes('--verbose'));
});
