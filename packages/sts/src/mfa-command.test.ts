import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { runMfaCommand } from './mfa-command.js';

const { signal } = new AbortController();
const node = process.execPath;
const patient = { timeout: 20_000 };
const printing = (text: string): string[] => [node, '-e', `process.stdout.write(${JSON.stringify(text)})`];
const rejection = async (promise: Promise<unknown>): Promise<string> =>
  promise.then(String, (error: Error) => error.stack as string);

describe('the code', () => {
  it.each([
    ['123456\n', '123456'],
    ['Enter code: 111111\nNo: 222222.', '222222'],
    ['id 12345678, key abc123456, code=654321;', '654321'],
    ['1234567 12345', ''],
    ['', ''],
  ])('in %j is %j', async (output, code) => {
    expect(await runMfaCommand(printing(output), {}, signal)).toBe(code);
  });
});

it('a command string is split at white space, with quotes that group, and nothing of a shell in it', async () => {
  const script = 'console.log(process.argv.slice(1).join("|") === "a b|$HOME|;|`id`|c\\\\d|" ? 111111 : 222222)';
  expect(await runMfaCommand(`"${node}"  -e '${script}' "a b" $HOME ; \`id\` c\\d ''`, {}, signal)).toBe('111111');
});

describe('options', () => {
  it('set directory and environment', async () => {
    const script = 'console.log(process.cwd() === "/" && process.env.CODE + (process.env.HOME ?? ""))';
    expect(await runMfaCommand([node, '-e', script], { cwd: '/', env: { CODE: '123456' } }, signal)).toBe('123456');
  });

  it('end a command that takes too long', async () => {
    const slow = [node, '-e', 'setInterval(() => {}, 1000); console.log("123456")'];
    expect(await rejection(runMfaCommand(slow, { timeoutMs: 100 }, signal))).toContain('no answer within 100 ms');
  });
});

it('ends with the signal', async () => {
  const abort = new AbortController();
  const ended = rejection(runMfaCommand([node, '-e', 'setInterval(() => {}, 1000)'], {}, abort.signal));
  abort.abort();
  expect(await ended).toContain('ABORT_ERR');
});

it('ends a command that ignores SIGTERM with the signal, too', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'brs-mfa-'));
  const pidFile = join(folder, 'pid');
  const stubborn = `process.on("SIGTERM", () => {}); setInterval(() => {}, 1000);
    require("node:fs").writeFileSync(${JSON.stringify(pidFile)}, String(process.pid));`;
  const abort = new AbortController();
  const ended = rejection(runMfaCommand([node, '-e', stubborn], {}, abort.signal));
  const pid = await vi.waitFor(
    () => Number(readFileSync(pidFile, 'utf8')) || Promise.reject(new Error('not yet')),
    patient,
  );
  abort.abort();
  await ended;
  await vi.waitFor(() => expect(() => process.kill(pid, 0)).toThrow('ESRCH'), patient);
  rmSync(folder, { recursive: true });
});

it('does not wait for a terminal: standard input is empty', async () => {
  const script = 'process.stdin.resume().on("end", () => console.log("123456"))';
  expect(await runMfaCommand([node, '-e', script], {}, signal)).toBe('123456');
});

describe('a failure shows neither what the command printed nor what it was given', () => {
  it.each([
    [
      'a status',
      [node, '-e', 'console.log("987654 planted"); console.error("planted"); process.exit(3)', 'planted-argument'],
      '(3)',
    ],
    [
      'a signal',
      [node, '-e', 'process.kill(process.pid, "SIGTERM"); setInterval(() => {}, 9)', 'planted-argument'],
      '(SIGTERM)',
    ],
    ['a program that is not there', ['/nonexistent/program', 'planted-argument'], '(ENOENT)'],
    ['an argument that cannot be given', [node, 'planted-argument\0'], '(ERR_INVALID_ARG_VALUE)'],
    ['no program', '"" planted-argument', '(ERR_INVALID_ARG_VALUE)'],
  ])('%s', async (_, command, why) => {
    const shown = await rejection(runMfaCommand(command, {}, signal));
    expect(shown).toContain(why);
    expect(shown).not.toMatch(/planted|987654/);
  });
});
