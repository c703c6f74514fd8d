/** `brs env` and `brs completion`, by the shells themselves. */
import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type LocalAws, startLocalAws } from '@brs/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { debianProgram } from '@brs-tests/support/debian';
import { brs, homeWith, runBrs } from './support/brs.js';

const isLinux = process.platform === 'linux';
const bash = isLinux ? await debianProgram('bash', 'bash') : undefined;
const fish = isLinux ? await debianProgram('fish', 'fish') : undefined;
const zsh = isLinux ? await debianProgram('zsh', 'zsh') : undefined;
const role = ['--role-arn', 'arn:aws:iam::123456789012:role/reader', '--region', 'us-east-1'];

let aws: LocalAws;
let home: string;
let env: NodeJS.ProcessEnv;
beforeAll(async () => {
  aws = await startLocalAws();
  ({ home, env } = await homeWith(aws));
  await mkdir(join(home, 'bin'));
  await writeFile(join(home, 'bin/brs'), `#!/bin/sh\nexec "${process.execPath}" "${brs}" "$@"\n`, { mode: 0o755 });
  await writeFile(join(home, 'brs.config.json'), '{"profiles":{"prod":{},"pilot":{}}}');
  env = { ...env, PATH: `${join(home, 'bin')}:${env.PATH}` };
});
afterAll(() => aws.close());

/** Runs a script in a shell, and gives what it prints. */
const inShell = async (program: string, ...args: string[]) =>
  (await promisify(execFile)(program, args, { env, cwd: home })).stdout;

describe('brs env', () => {
  it('sets variables in sh', async () => {
    const script = `eval "$(brs env --shell sh ${role.join(' ')})" && printenv AWS_ACCESS_KEY_ID AWS_SESSION_TOKEN AWS_REGION`;
    expect(await inShell('sh', '-c', script)).toMatch(/^ASIA\w+\n\S+\nus-east-1\n$/);
  });

  it.skipIf(!fish)('sets variables in fish', async () => {
    const script = `brs env --shell fish ${role.join(' ')} | source; printenv AWS_ACCESS_KEY_ID AWS_SESSION_TOKEN`;
    expect(await inShell(fish!, '--no-config', '-c', script)).toMatch(/^ASIA\w+\n\S+\n$/);
  });

  it('speaks PowerShell, and says when the variables end', async () => {
    const { stdout, stderr } = await runBrs(['env', '--shell', 'powershell', ...role], { env });
    expect(stdout).toMatch(/^\$Env:AWS_ACCESS_KEY_ID = 'ASIA\w+'$/m);
    expect(stderr).toMatch(/^brs: These end at \S+Z, and nothing refreshes them/);
  });

  it('knows no other shell', async () =>
    expect(await runBrs(['env', '--shell', 'cmd', ...role], { env })).toMatchObject({ code: 2, stdout: '' }));
});

describe('brs completion', { timeout: 180_000 }, () => {
  it.skipIf(!bash)('completes in bash', async () => {
    const complete = (...words: string[]) =>
      inShell(
        bash!,
        '--norc',
        '-c',
        `eval "$(brs completion bash)"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _brs; printf '%s\\n' "\${COMPREPLY[@]}"`,
        'bash',
        ...words,
      );
    expect((await complete('brs', 'e')).trim().split('\n').sort()).toEqual(['env', 'exec']);
    expect(await complete('brs', 'exec', '--role-a')).toBe('--role-arn\n');
    expect((await complete('brs', 'exec', '--profile', 'p')).trim().split('\n')).toEqual(['pilot', 'prod']);
    expect((await complete('brs', 'serve', 'p')).trim().split('\n')).toEqual(['pilot', 'prod']);
    expect(await complete('brs', 'exec', '--', 'printen')).toContain('printenv');
    expect((await complete('brs', 'hsm', '')).trim().split('\n')).toEqual(['list', 'new-key', 'request', 'import']);
    expect(await complete('brs', 'hsm', 'request', '--sub')).toBe('--subject\n');
  });

  it.skipIf(!fish)('completes in fish', async () => {
    const complete = (line: string) =>
      inShell(fish!, '--no-config', '-c', `brs completion fish | source; complete -C '${line}'`);
    expect(await complete('brs ex')).toMatch(/^exec\trun a command/);
    expect(await complete('brs exec --role-a')).toMatch(/^--role-arn\t/);
    expect(await complete('brs hsm new')).toMatch(/^new-key\t/);
    expect(await complete('brs hsm request --sub')).toMatch(/^--subject\t/);
    expect(await complete('brs exec --profile p')).toMatch(/^pilot\t.*\nprod\t.*\n$/);
  });

  it.skipIf(!zsh)('completes in zsh', async () => {
    // What would be shown is what \`_describe\` is handed.
    const complete = (...words: string[]) =>
      inShell(
        zsh!,
        '-f',
        '-c',
        `autoload -U compinit && compinit -D; eval "$(brs completion zsh)"; print -r -- $_comps[brs]; _describe() { print -rl -- \${(P)2} }; words=("$@"); CURRENT=$#; _brs`,
        'zsh',
        ...words,
      );
    expect(await complete('brs', '')).toMatch(/^_brs\nexec:run a command/);
    expect(await complete('brs', 'exec', '--')).toContain('--role-arn:');
    expect(await complete('brs', 'exec', '--profile', '')).toBe('_brs\npilot\nprod\n');
    expect(await complete('brs', 'serve', '')).toContain('\nprod\n');
    expect(await complete('brs', 'hsm', '')).toContain('\nnew-key:');
    expect(await complete('brs', 'hsm', 'request', '')).toContain('\n--subject:');
  });

  it('says which shells there are', async () =>
    expect(await runBrs(['completion', 'tcsh'], { env })).toMatchObject({
      code: 2,
      stderr: 'brs: Name the shell: bash, zsh, fish.\n',
    }));
});
