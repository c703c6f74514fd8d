/** Variables as a shell sets them. Whatever a value holds, it stays a value. Pure. */

/** The shells that are known. `sh` is good for bash, zsh and every other of that family. */
export const shells = ['sh', 'fish', 'powershell'] as const;

/** One of them. */
export type Shell = (typeof shells)[number];

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** A word of a command for `sh`, which stays as it is where that is enough. */
export function quoteWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : quoted(text);
}

const assignments: Readonly<Record<Shell, (name: string, value: string) => string>> = {
  sh: (name, value) => `export ${name}=${quoted(value)}`,
  fish: (name, value) => `set -gx ${name} '${value.replaceAll(/[\\']/g, '\\$&')}'`,
  powershell: (name, value) => `$Env:${name} = '${value.replaceAll(/['‘’‚‛]/g, '$&$&')}'`,
};

/** The line that sets a variable for the shell and for what it starts. */
export function assign(shell: Shell, name: string, value: string): string {
  return assignments[shell](name, value);
}

/** The shell that is in use, as far as the environment tells. */
export function guessShell({ SHELL = '' }: NodeJS.ProcessEnv, platform: NodeJS.Platform): Shell {
  if (/(^|\/)fish$/.test(SHELL)) return 'fish';
  if (/(^|\/)pwsh$/.test(SHELL)) return 'powershell';
  return platform === 'win32' && !SHELL ? 'powershell' : 'sh';
}
