/** `brs whoami`: who the session is. */
import { openWithMfaCache } from '../session/mfa-cache.js';
import { print } from '../print.js';
import { type CommandContext, resolveFlags, type SessionFlags } from './session-command.js';

export async function run(flags: SessionFlags & { readonly json?: true }, context: CommandContext): Promise<void> {
  const opened = await openWithMfaCache(await resolveFlags(context, flags), { env: context.env });
  try {
    const identity = await opened.session.whoami();
    if (flags.json) print(JSON.stringify(identity));
    else for (const [name, value] of Object.entries(identity)) if (value) print(`${name.padEnd(8)} ${String(value)}`);
  } finally {
    await opened.close();
  }
}
