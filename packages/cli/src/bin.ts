#!/usr/bin/env node
/** The program `brs`: runs a command line and reports what went wrong. */
import { runProgram } from './program.js';

const argv = process.argv.slice(2);
runProgram(argv, process.env).catch(async (error: unknown) => {
  const { end } = await import('./end.js');
  const own = argv.includes('--') ? argv.slice(0, argv.indexOf('--')) : argv;
  end(error, own.includes('--verbose'));
});
