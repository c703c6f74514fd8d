import { describe, expect, it } from 'vitest';
import { assumedRolePrincipal, parseRoleArn } from './principals.js';

describe('parseRoleArn', () => {
  it.each([
    ['arn:aws:iam::123456789012:role/reader', 'aws', 'reader'],
    ['arn:aws-cn:iam::123456789012:role/a/b/reader', 'aws-cn', 'reader'],
    ['arn:aws-us-gov:iam::123456789012:role/service-role/re+=,.@-ader', 'aws-us-gov', 're+=,.@-ader'],
  ])('takes %s', (arn, partition, name) => {
    expect(parseRoleArn(arn)).toEqual({ arn, partition, accountId: '123456789012', name });
  });

  it.each([
    'reader',
    'arn:aws:iam::123:role/reader',
    'arn:aws:iam::123456789012:user/reader',
    'arn:aws:iam::123456789012:role/',
  ])('refuses %s', (arn) => {
    expect(parseRoleArn(arn)).toBeUndefined();
  });
});

describe('assumedRolePrincipal', () => {
  it('has the same id for the same role in every session', () => {
    const role = {
      arn: 'arn:aws:iam::123456789012:role/reader',
      partition: 'aws',
      accountId: '123456789012',
      name: 'reader',
    };
    const [one, two] = ['one', 'two'].map((name) => assumedRolePrincipal(role, name, { mfa: false }));
    expect(one?.userId.replace(/one$/, 'two')).toBe(two?.userId);
    expect(one?.userId).toMatch(/^AROA[A-Z2-7]{17}:one$/);
  });
});
