import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { CommandFailedError, runCommand } from './command.js';
import type { CommandOptions } from './options.js';

const planted = 'planted-secret';
const never = new AbortController().signal;
let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'brs-custom-'));
});
afterAll(() => rm(directory, { recursive: true }));

/** Runs a script in Node. */
function run(script: string, options: CommandOptions = {}, signal = never): Promise<string> {
  return runCommand([process.execPath, '-e', script, planted], options, signal);
}

async function failureOf(running: Promise<string>): Promise<CommandFailedError> {
  const error = await running.then(
    () => expect.fail('the command succeeded'),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(CommandFailedError);
  expect(inspect(error) + JSON.stringify(error)).not.toContain(planted);
  return error as CommandFailedError;
}

/** The script of a command that leaves its process id in a file, outlives SIGTERM and does not end. */
const endless = (file: string): string =>
  `process.on('SIGTERM', () => {}); setInterval(() => {}, 1000);
   require('fs').writeFileSync(${JSON.stringify(file)}, String(process.pid));`;

describe('runCommand', () => {
  it('gives the standard output, without a shell and without the standard error output', async () => {
    const script = 'console.error("noise"); console.log(JSON.stringify(process.argv.slice(1)))';
    const output = await runCommand([process.execPath, '-e', script, '$HOME', '`id`; echo x', ''], {}, never);
    expect(JSON.parse(output)).toEqual(['$HOME', '`id`; echo x', '']);
  });

  it('gives the command an empty standard input', async () => {
    expect(await run('process.stdin.on("end", () => console.log("ended")).resume()')).toBe('ended\n');
  });

  it('starts it in a directory and with an environment', async () => {
    const script = 'const { NAME, HOME } = process.env; console.log(JSON.stringify([process.cwd(), NAME, HOME]))';
    const output = await run(script, { cwd: directory, env: { NAME: 'value', HOME: undefined } });
    expect(JSON.parse(output)).toEqual([expect.stringContaining('brs-custom-'), 'value', null]);
  });

  it("gives it this process's environment by default", async () => {
    vi.stubEnv('BRS_TEST_VARIABLE', 'kept');
    expect(await run('console.log(process.env.BRS_TEST_VARIABLE)')).toBe('kept\n');
  });

  it('fails with the exit code, and shows nothing of what was printed', async () => {
    const error = await failureOf(run(`console.log('${planted}'); console.error('${planted}'); process.exitCode = 3`));
    expect(error).toMatchObject({ message: 'The command exited with code 3.', code: 'COMMAND_FAILED', exitCode: 3 });
  });

  it('fails with the signal that ended it', async () => {
    const error = await failureOf(run('process.kill(process.pid, "SIGTERM"); setInterval(() => {}, 1000)'));
    expect(error).toMatchObject({ message: 'The command was ended by signal SIGTERM.', signal: 'SIGTERM' });
  });

  it('fails when the program does not exist', async () => {
    const error = await failureOf(runCommand([join(directory, planted)], {}, never));
    expect(error).toMatchObject({ message: 'The command could not be started (ENOENT).', startFailure: 'ENOENT' });
  });

  it('fails when the program is not executable', async () => {
    const error = await failureOf(runCommand([directory, planted], {}, never));
    expect(error).toMatchObject({ message: 'The command could not be started (EACCES).', startFailure: 'EACCES' });
  });

  it('fails when the working directory does not exist', async () => {
    const error = await failureOf(run('', { cwd: join(directory, planted) }));
    expect(error.startFailure).toBe('ENOENT');
  });

  it.each(['stdout', 'stderr'])('kills a command that floods %s', async (stream) => {
    const error = await failureOf(run(`setInterval(() => process.${stream}.write('${planted}'.repeat(10_000)), 1)`));
    expect(error.message).toBe('The command printed more than 1 MiB and was killed.');
  });

  it('kills a command that does not end in time, with a signal that cannot be ignored', async () => {
    const error = await failureOf(run('setInterval(() => {}, 1000)', { timeoutMs: 100 }));
    expect(error).toMatchObject({
      message: 'The command did not end within 100 ms and was killed.',
      signal: 'SIGKILL',
    });
  });

  it('kills a command whose answer is no longer wanted, and fails with the reason', async () => {
    const file = join(directory, 'abort');
    const controller = new AbortController();
    const running = run(endless(file), {}, controller.signal);
    const pid = await vi.waitFor(async () => {
      const text = await readFile(file, 'utf8');
      expect(text).not.toBe('');
      return Number(text);
    }, 20_000);
    const reason = new Error('the session was closed');
    controller.abort(reason);
    await expect(running).rejects.toBe(reason);
    await vi.waitFor(() => expect(() => process.kill(pid, 0)).toThrow('ESRCH'), 20_000);
  }, 60_000);

  it('starts nothing when the answer is not wanted from the beginning', async () => {
    const reason = new Error('closed');
    const file = join(directory, 'not-started');
    await expect(run(endless(file), {}, AbortSignal.abort(reason))).rejects.toBe(reason);
    await expect(readFile(file)).rejects.toThrow('ENOENT');
  });
});
