/** `brs completion`: the script for a shell, and what that script asks for. */
import { CliError } from '../cli-error.js';
import { profileNames, readAwsFiles } from '../config/aws-profile.js';
import { loadConfigFile } from '../config/config-file.js';
import { print } from '../print.js';
import { completed, completionFor } from '../shell/completion.js';
import type { CommandContext } from './session-command.js';

export async function run(_: object, { env, commands }: CommandContext, [what = '']: readonly string[]): Promise<void> {
  if (what === 'profiles') {
    const file = await loadConfigFile({ path: undefined, env, workingDirectory: process.cwd() });
    const names = new Set([...(file?.names ?? []), ...profileNames(await readAwsFiles(env))]);
    for (const name of [...names].sort()) print(name);
    return;
  }
  const shell = completed.find((known) => known === what);
  if (!shell) throw new CliError('usage', `Name the shell: ${completed.join(', ')}.`);
  process.stdout.write(completionFor[shell](commands()));
}
