/** Ends the process after an error: what the parser has printed already is not said twice. */
import { CommanderError } from 'commander';
import { exitCode } from './cli-error.js';
import { report } from './report.js';

export function end(error: unknown, verbose: boolean): void {
  if (error instanceof CommanderError) {
    // Help and version end with 0; everything else was a wrong command line.
    process.exitCode = error.exitCode === 0 ? 0 : exitCode.usage;
    return;
  }
  const { text, exitCode: code } = report(error, verbose);
  process.stderr.write(`${text}\n`);
  process.exitCode = code;
}
