/** What the commands with a session have in common: from their flags to an open session. */
import type { CommandFacts } from '../shell/completion.js';
import type { Layer } from '../config/layers.js';
import { type ResolvedSession, resolveSession, type SessionRequest } from '../config/resolve.js';

/** What a command is handed. */
export interface CommandContext {
  /** The options of the session that stand in flags. */
  readonly flags: Layer;
  readonly env: NodeJS.ProcessEnv;
  /** All commands, for those that speak of them. */
  readonly commands: () => readonly CommandFacts[];
}

/** The flags that every command with a session has. */
export interface SessionFlags {
  readonly profile?: string | undefined;
  readonly config?: string;
  readonly verbose?: true;
}

/**
 * The options of the session. The configuration is looked for from the working directory up.
 *
 * @throws CliError (usage), as {@link resolveSession} does.
 */
export function resolveFlags(context: CommandContext, flags: SessionFlags): Promise<ResolvedSession> {
  return resolveSession(requestOf(context, flags));
}

/** What is known of the session when the command starts. */
export function requestOf({ flags, env }: CommandContext, { profile, config }: SessionFlags): SessionRequest {
  return { flags, profile, configPath: config, env, workingDirectory: process.cwd() };
}
