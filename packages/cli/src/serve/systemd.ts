/** What systemd hands to a service and wants to hear from it. Without systemd all of this is nothing. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { CliError } from '../cli-error.js';
import { say } from '../print.js';
import { describe } from '../report.js';

/** How long the service is not called ready because of sources that do not answer. systemd waits 90 s for the whole start. */
const readyAfterMs = 30_000;

/** The first descriptor that systemd hands over. */
const firstDescriptor = 3;

/**
 * The socket that systemd listens on for this process (`LISTEN_FDS`), if there is one.
 *
 * @throws CliError (usage) for more than one: nobody said which is which.
 */
export function handedOverSocket({ LISTEN_FDS: count, LISTEN_PID: pid }: NodeJS.ProcessEnv): number | undefined {
  if (!count || Number(pid) !== process.pid) return undefined;
  if (count !== '1') throw new CliError('usage', `systemd handed over ${count} sockets; one is served.`);
  return firstDescriptor;
}

/**
 * Tells systemd something, such as `READY=1`. Node has no datagram sockets of the Unix kind: systemd's own program speaks
 * for us, for which the unit needs `NotifyAccess=all`.
 */
export async function notifySystemd(env: NodeJS.ProcessEnv, ...states: readonly string[]): Promise<void> {
  if (!env.NOTIFY_SOCKET) return;
  try {
    await promisify(execFile)('systemd-notify', [`--pid=${process.pid}`, ...states], { env, timeout: 5000 });
  } catch (error) {
    say(`systemd could not be told ${states.join(' ')}: ${describe(error)}`);
  }
}

/** What {@link tellReady} needs. */
export interface Start {
  /** Resolves when every session has had its first answer. */
  readonly first: Promise<void>;
  /** Nothing is told any more after it. */
  readonly stopping: AbortSignal;
  /** How it is, in a sentence. */
  readonly status: () => string;
  readonly tell: (...states: readonly string[]) => Promise<void>;
}

/** Says that the service is ready, at the first answers or after a time, and how it is then and at the first answers. */
export async function tellReady({ first, stopping, status, tell }: Start): Promise<void> {
  const stop = new Promise((resolve) => stopping.addEventListener('abort', resolve, { once: true }));
  const enough = new Promise((resolve) => setTimeout(resolve, readyAfterMs).unref());
  await Promise.race([first, stop, enough]);
  if (stopping.aborted) return;
  const early = status();
  await tell('--ready', `--status=${early}`);
  await Promise.race([first, stop]);
  const late = status();
  if (!stopping.aborted && late !== early) await tell(`--status=${late}`);
}
