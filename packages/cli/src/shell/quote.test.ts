import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { debianProgram } from '@brs-tests/support/debian';
import { assign, guessShell, quoteWord } from './quote.js';

const fish = process.platform === 'linux' ? await debianProgram('fish', 'fish') : undefined;
const values = ['plain/+=', "it's", '"$(id)"`id`\\', "\\'; id; '", ' two  words\n', '‘curly’', '!x %y% ~'];

describe('a value', () => {
  it.each(values)('%j stays what it is, in sh', (value) => {
    const script = `${assign('sh', 'X', value)}\nprintenv X`;
    expect(execFileSync('sh', ['-c', script], { encoding: 'utf8' })).toBe(`${value}\n`);
  });

  it.each(values)('%j is one word of a command', (value) =>
    expect(execFileSync('sh', ['-c', `printf %s ${quoteWord(value)}`], { encoding: 'utf8' })).toBe(value),
  );

  it.skipIf(!fish).each(values)('%j stays what it is, in fish', (value) => {
    const script = `${assign('fish', 'X', value)}\nprintenv X`;
    expect(execFileSync(fish!, ['--no-config', '-c', script], { encoding: 'utf8' })).toBe(`${value}\n`);
  });

  it('is quoted for PowerShell, where curly quotes are quotes too', () =>
    expect(assign('powershell', 'X', "it's ‘so’ $x")).toBe("$Env:X = 'it''s ‘‘so’’ $x'"));
});

it.each([
  ['/usr/bin/fish', 'linux', 'fish'],
  ['/bin/bash', 'linux', 'sh'],
  ['/usr/bin/pwsh', 'linux', 'powershell'],
  [undefined, 'linux', 'sh'],
  [undefined, 'win32', 'powershell'],
  ['/usr/bin/bash', 'win32', 'sh'],
] as const)('SHELL=%s on %s is %s', (SHELL, platform, shell) => expect(guessShell({ SHELL }, platform)).toBe(shell));
