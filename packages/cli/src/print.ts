/** Standard output is for what was asked for, standard error for what is said about it. */

// Who reads may have read enough: `brs methods | head -1`.
process.stdout.once('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

/** Prints a line of the answer. */
export function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Tells the person something. */
export function say(line: string): void {
  process.stderr.write(`brs: ${line}\n`);
}
