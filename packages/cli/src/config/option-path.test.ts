import { describe, expect, it } from 'vitest';
import { isOptionName, isPlainObject, pathOf, setOption, valueOf } from './option-path.js';

describe('a name', () => {
  it.each([
    ['region', ['region']],
    ['assume-role.RoleArn', ['assumeRole', 'RoleArn']],
    ['assume-role-with-web-identity.WebIdentityToken.file', ['assumeRoleWithWebIdentity', 'WebIdentityToken', 'file']],
    ['chain.0.RoleArn', ['chain', '0', 'RoleArn']],
  ])('%s is %j', (name, path) => expect(pathOf(name)).toEqual(path));

  it.each(['__proto__.x', 'constructor', 'a..b', 'a b', ''])('%j can be no option', (name) =>
    expect(isOptionName(name)).toBe(false),
  );
});

describe('a text', () => {
  it.each([
    ['900', 900],
    ['-1.5', -1.5],
    ['true', true],
    ['null', null],
    ['"900"', '900'],
    ['["a","b"]', ['a', 'b']],
    ['{"a":1}', { a: 1 }],
    ['{not json}', '{not json}'],
    ['arn:aws:iam::123456789012:role/reader', 'arn:aws:iam::123456789012:role/reader'],
    ['1e3', '1e3'],
    ['', ''],
  ])('%j means %j', (text, value) => expect(valueOf(text)).toEqual(value));
});

it('puts a value in its place, and lets what is no object give way', () => {
  const options = { mfa: 'x', assumeRole: { RoleArn: 'a' } };
  setOption(options, ['assumeRole', 'ExternalId'], 'e');
  setOption(options, ['mfa', 'serialNumber'], 's');
  expect(options).toEqual({ mfa: { serialNumber: 's' }, assumeRole: { RoleArn: 'a', ExternalId: 'e' } });
});

it('tells an object that was written down from an instance', () => {
  const made = {
    get expiresAt() {
      return new Date();
    },
  };
  expect([{}, Object.create(null), made, new Date(), new Map(), [], null, () => 1].map(isPlainObject)).toEqual([
    true,
    true,
    false,
    false,
    false,
    false,
    false,
    false,
  ]);
});
