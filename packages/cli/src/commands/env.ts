/** `brs env`: the current set as lines that a shell evaluates. */
import { CliError } from '../cli-error.js';
import { print, say } from '../print.js';
import { openWithMfaCache } from '../session/mfa-cache.js';
import { assign, guessShell, type Shell, shells } from '../shell/quote.js';
import { type CommandContext, resolveFlags, type SessionFlags } from './session-command.js';

export async function run(flags: SessionFlags & { readonly shell?: string }, context: CommandContext): Promise<void> {
  const shell = flags.shell ?? guessShell(context.env, process.platform);
  if (!isShell(shell)) throw new CliError('usage', `--shell must be ${shells.join(' or ')}.`);
  const opened = await openWithMfaCache(await resolveFlags(context, flags), { env: context.env });
  try {
    const variables = await opened.session.toEnv();
    for (const [name, value] of Object.entries(variables)) print(assign(shell, name, value));
    const { AWS_CREDENTIAL_EXPIRATION: end } = variables;
    if (end) say(`These end at ${end}, and nothing refreshes them; \`brs exec\` does.`);
  } finally {
    await opened.close();
  }
}

function isShell(shell: string): shell is Shell {
  return (shells as readonly string[]).includes(shell);
}
