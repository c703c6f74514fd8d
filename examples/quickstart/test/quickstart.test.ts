import { startLocalAws } from '@brs/testkit';
import { describe, expect, test } from 'vitest';
import { start } from './program.js';

const patient = { timeout: 120_000 };

test('the session fails no request through expiries, an outage, throttling and a hang', patient, async () => {
  const { code, stdout, stderr } = await start(['--json', '--seconds', '12']).ended;
  const { ours, sdk } = JSON.parse(stdout);
  expect({ code, stderr, failed: ours.failed }).toEqual({ code: 0, stderr: '', failed: 0 });
  expect(ours.refreshes).toBeGreaterThan(1);
  expect(ours.sourceCalls).toBeGreaterThanOrEqual(ours.refreshes);
  expect(ours.requests).toBeGreaterThan(0);
  const fields = ['delayed', 'failed', 'refreshes', 'requests', 'sourceCalls'];
  expect([Object.keys(ours).sort(), Object.keys(sdk).sort()]).toEqual([fields, fields]);
});

test('without a terminal it prints lines, and the comparison at the end', patient, async () => {
  const { code, stdout } = await start(['--seconds', '3']).ended;
  expect(code).toBe(0);
  expect(stdout).toMatch(/^Credentials live 8 s\./m);
  expect(stdout).toMatch(/ s {2}brs +\d+ sent +\d+ failed/);
  expect(stdout).toContain('outage for 0.1 s');
  expect(stdout.trimEnd().split('\n').at(-1)).toBe('RefreshableSession failed no request.');
  expect(stdout).not.toContain('\u001B');
});

test('Ctrl-C ends it with what there is so far', patient, async () => {
  const { child, ended, untilStdout } = start(['--seconds', '600']);
  await untilStdout(' sent');
  child.kill('SIGINT');
  const { code, stdout } = await ended;
  expect(code).toBe(130);
  expect(stdout.trimEnd().split('\n').at(-1)).toBe('RefreshableSession failed no request until Ctrl-C.');
});

describe('against the AWS of the environment', () => {
  const roleArn = 'arn:aws:iam::123456789012:role/reader';

  test('it calls GetCallerIdentity as the role, and nothing else', patient, async () => {
    await using aws = await startLocalAws({ roles: [{ arn: roleArn }] });
    const args = ['--json', '--seconds', '2', '--role-arn', roleArn, '--region', aws.region];
    const { code, stdout, stderr } = await start(args, aws.env(process.env)).ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const { ours, sdk } = JSON.parse(stdout);
    expect(ours).toMatchObject({ failed: 0, refreshes: 1, sourceCalls: 1 });
    expect(sdk.sourceCalls).toBe(aws.count({ action: 'AssumeRole' }) - 1);
    expect(new Set(aws.requests.map(({ action }) => action))).toEqual(new Set(['AssumeRole', 'GetCallerIdentity']));
  });

  test('Ctrl-C leaves nothing but JSON with --json', patient, async () => {
    await using aws = await startLocalAws();
    const args = ['--json', '--seconds', '600', '--role-arn', roleArn, '--region', aws.region];
    const { child, ended } = start(args, aws.env(process.env));
    await aws.untilCount({ action: 'GetCallerIdentity', state: 'answered' }, 40);
    child.kill('SIGINT');
    const { code, stdout } = await ended;
    expect(code).toBe(130);
    expect(JSON.parse(stdout).ours.failed).toBe(0);
  });

  test('a role that cannot be assumed is said at once, with what to do', patient, async () => {
    await using aws = await startLocalAws({ roles: [{ arn: roleArn, trust: [] }] });
    const args = ['--role-arn', roleArn, '--region', aws.region];
    const { code, stdout, stderr } = await start(args, aws.env(process.env)).ended;
    expect(code).toBe(1);
    expect(stdout).not.toContain('sent');
    expect(stderr).toContain('trust policy');
    expect(stderr).not.toContain(aws.baseCredentials.secretAccessKey);
  });
});

test('a wrong option is said, and ends with 2', async () => {
  expect(await start(['--fast']).ended).toEqual({
    code: 2,
    stdout: '',
    stderr: "Unknown option '--fast'\nTry --help.\n",
  });
});
