/** `brs watch`: what sessions do, while they do it: those of this command, or those of a running `brs serve`. */
import type { WriteStream } from 'node:tty';
import { CliError } from '../cli-error.js';
import { openResolver } from '../config/resolve.js';
import { openWithMfaCache } from '../session/mfa-cache.js';
import { showLines } from '../watch/lines.js';
import { watchedSession, watchOwnSessions } from '../watch/own-sessions.js';
import { watchServe } from '../watch/served-sessions.js';
import type { Watched } from '../watch/watched.js';
import { type CommandContext, requestOf, type SessionFlags } from './session-command.js';

interface WatchFlags extends SessionFlags {
  /** `true`: the one that is running. */
  readonly serve?: string | true;
  readonly json?: true;
}

export async function run(flags: WatchFlags, context: CommandContext, words: readonly string[]): Promise<void> {
  const watched = await (flags.serve ? watchRunning(flags, context, words) : watchOwn(flags, context, words));
  const stopping = new AbortController();
  const stop = (): void => stopping.abort();
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, stop);
  // Who reads has read enough, or the terminal is gone.
  process.stdout.on('error', stop);
  try {
    const { stdout, stdin } = process;
    if (flags.json || !stdout.isTTY || process.env.TERM === 'dumb') {
      const write = (line: string): void => void stdout.write(`${line}\n`);
      await showLines(watched, { write, json: flags.json === true }, stopping.signal);
      return;
    }
    const { showLive } = await import('../watch/live-view.js');
    const { isColourWanted, paletteFor } = await import('../watch/text.js');
    const terminal = { input: stdin.isTTY ? stdin : undefined, output: stdout as WriteStream };
    await showLive(watched, { ...terminal, palette: paletteFor(isColourWanted) }, stopping.signal);
  } finally {
    await watched.close();
  }
}

function watchRunning(
  { serve, profile }: WatchFlags,
  { flags, env }: CommandContext,
  words: readonly string[],
): Promise<Watched> {
  if (words.length > 0 || profile !== undefined || Object.keys(flags.options).length > 0) {
    throw new CliError(
      'usage',
      'A running brs serve has its sessions: --serve takes no profiles and no options of a session.',
    );
  }
  return watchServe(serve === true ? undefined : serve, env);
}

async function watchOwn(flags: WatchFlags, context: CommandContext, words: readonly string[]): Promise<Watched> {
  const resolver = await openResolver(requestOf(context, flags));
  // Without names it is one session, as any other command has it.
  const profiles = new Map<string, string | undefined>(
    words.length > 0 ? words.map((word) => [word, word]) : [[flags.profile ?? 'default', undefined]],
  );
  return watchOwnSessions([...profiles.keys()], (profile) =>
    openWithMfaCache(resolver.resolve(profiles.get(profile)), { env: context.env, defaults: watchedSession }),
  );
}
