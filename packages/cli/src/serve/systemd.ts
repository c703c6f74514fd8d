/** What systemd hands to a service and wants to hear from it. Without systemd all of this is nothing. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { CliError } from '../cli-error.js';
import { say } from '../print.js';
import { describe } from '../report.js';

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
