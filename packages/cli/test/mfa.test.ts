/** An MFA code is asked for on the terminal, also where the standard streams lead elsewhere. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type LocalAws, startLocalAws } from '@brs/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { brs, homeWith, runBrs } from './support/brs.js';
import { onTerminal } from './support/terminal.js';

const roleArn = 'arn:aws:iam::123456789012:role/admin';
const serialNumber = 'arn:aws:iam::123456789012:mfa/developer';
const args = ['whoami', '--role-arn', roleArn, '--mfa-serial', serialNumber, '--region', 'us-east-1'];

let aws: LocalAws;
beforeAll(async () => {
  aws = await startLocalAws({
    roles: [{ arn: roleArn, trust: ['123456789012'], requireMfa: true }],
    mfaDevices: [{ serialNumber, codes: ['111111', '222222'] }],
  });
});
afterAll(() => aws.close());

describe.skipIf(process.platform !== 'linux')('an MFA code', () => {
  it('is asked for on the terminal and not shown, with all standard streams elsewhere', async () => {
    const { env, home } = await homeWith(aws);
    const answer = join(home, 'answer');
    const command = `exec "${process.execPath}" "${brs}" "$@" </dev/null >"${answer}" 2>"${answer}.err"`;
    const terminal = onTerminal(['sh', '-c', command, 'brs', ...args], env, home);
    await terminal.until(`MFA code of ${serialNumber}`);
    terminal.type('111111\r');
    expect(await terminal.ended).toBe(0);
    expect(await readFile(answer, 'utf8')).toContain(':assumed-role/admin/');
    expect(terminal.shown()).not.toContain('111111');
    // One session of the user with the code, and the role with that session.
    expect(aws.count({ action: 'GetSessionToken', status: 200 })).toBe(1);
    expect(aws.count({ action: 'AssumeRole', status: 200 })).toBe(1);
  });

  it('that nobody can be asked for is an error that says what else there is', async () => {
    const { env } = await homeWith(aws);
    const { stdout } = await promisify(execFile)(
      'setsid',
      ['-w', 'sh', '-c', `"$0" "$@" 2>&1; echo "exit $?"`, process.execPath, brs, ...args],
      {
        env,
      },
    );
    expect(stdout).toContain('there is no terminal to ask on');
    expect(stdout).toContain('give a command instead');
    expect(stdout).toMatch(/exit 5\n$/);
  });

  it('does not go with a role that is to last longer than AWS allows then', async () => {
    const { env } = await homeWith(aws);
    const { code, stderr } = await runBrs([...args, '--duration-seconds', '7200'], { env });
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('a role lasts one hour at most') });
  });
});
