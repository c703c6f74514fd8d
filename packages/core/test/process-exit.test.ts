/** A process that has nothing else to do exits, whatever its sessions are in the middle of. Runs on the build. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const run = promisify(execFile);
const program = fileURLToPath(new URL('programs/sessions.mjs', import.meta.url));
/** Far below the 30 s deadline of a refresh and the hour of the timers, far above what a busy machine needs. */
const timeout = 20_000;

it.each([
  ['used', ['done']],
  ['proactive', ['done']],
  ['proactive-hanging', ['done']],
  ['proactive-failing', ['done']],
  ['hanging-refresh', ['done']],
  ['gone', ['TimeoutError', 'done']],
  ['waiting', ['REFRESH_FAILED', 'done']],
  ['failing-callers', ['done']],
  ['broken-subscriber', ['ASIA1', 'done', 'told', 'uncaught of the subscriber']],
  ['closed', ['SESSION_CLOSED', 'done']],
])(
  '%s',
  async (name, lines) => {
    // A process that is still there after the time is killed, and the promise rejects.
    const { stdout, stderr } = await run(process.execPath, [program, name], { timeout });
    expect(stdout.trim().split('\n').sort()).toEqual(lines);
    expect(stderr).toBe('');
  },
  timeout + 5000,
);
