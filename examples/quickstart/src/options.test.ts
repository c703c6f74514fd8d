import { describe, expect, test } from 'vitest';
import { readOptions, UsageError } from './options.js';

const roleArn = 'arn:aws:iam::123456789012:role/team/reader';

test('without options it runs on loopback for forty seconds', () => {
  expect(readOptions([], {})).toEqual({ help: false, json: false, seconds: 40 });
});

test('reads every option', () => {
  const args = ['--json', '--seconds', '2.5', '--role-arn', roleArn, '--region=eu-west-1'];
  expect(readOptions(args, {})).toEqual({
    help: false,
    json: true,
    seconds: 2.5,
    aws: { roleArn, region: 'eu-west-1' },
  });
  expect(readOptions(['-h'], {}).help).toBe(true);
});

test('takes the region from the environment', () => {
  expect(readOptions(['--role-arn', roleArn], { AWS_REGION: 'eu-west-1' }).aws?.region).toBe('eu-west-1');
  expect(readOptions(['--role-arn', roleArn], { AWS_DEFAULT_REGION: 'eu-west-2' }).aws?.region).toBe('eu-west-2');
});

describe('refuses', () => {
  test.each([
    [['--fast'], "Unknown option '--fast'"],
    [['fast'], "Unexpected argument 'fast'"],
    [['--json=yes'], "Option '--json' does not take an argument"],
    [['--seconds'], "Option '--seconds <value>' argument missing"],
    [['--seconds', ''], '--seconds must be a number from 2 to 600'],
    [['--seconds', '1.9'], '--seconds must be a number from 2 to 600'],
    [['--seconds', '601'], '--seconds must be a number from 2 to 600'],
    [['--seconds', 'ten'], '--seconds must be a number from 2 to 600'],
    [['--region', 'us-east-1'], '--region goes with --role-arn only'],
    [['--role-arn', 'reader'], '--role-arn must be the ARN of a role, such as arn:aws:iam::123456789012:role/reader'],
    [['--role-arn', roleArn], '--role-arn needs --region, or AWS_REGION in the environment'],
    [['--role-arn', roleArn, '--region', 'http://'], '--region must be a region, such as us-east-1'],
  ])('%j', (args, message) => {
    expect(() => readOptions(args, {})).toThrow(new UsageError(message));
  });
});
