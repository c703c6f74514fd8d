import { inspect } from 'node:util';
import { describeType, InvalidCredentialsError } from '@brs/core';
import { describe, expect, it } from 'vitest';
import { readAnswer, readOutput } from './shapes.js';

const expiration = '2026-11-23T10:00:00Z';
const [key, secret, token] = ['AKIA-planted', 'secret-planted', 'token-planted'];
const whole = {
  accessKeyId: key,
  secretAccessKey: secret,
  sessionToken: token,
  expiration: new Date(expiration),
  accountId: undefined,
};
const pascalCase = { AccessKeyId: key, SecretAccessKey: secret, SessionToken: token, Expiration: expiration };

function failureOf(read: () => unknown): Error {
  let caught: unknown;
  try {
    read();
  } catch (error) {
    caught = error;
  }
  expect(caught).toBeInstanceOf(InvalidCredentialsError);
  expect(inspect(caught)).not.toContain('planted');
  return caught as Error;
}

describe('readAnswer', () => {
  it.each<[string, object]>([
    ["the SDK's", { accessKeyId: key, secretAccessKey: secret, sessionToken: token, expiration: new Date(expiration) }],
    ["STS's", pascalCase],
    ["credential_process's", { Version: 1, ...pascalCase }],
    ["the container endpoint's", { AccessKeyId: key, SecretAccessKey: secret, Token: token, Expiration: expiration }],
    ["the Python library's", { access_key: key, secret_key: secret, token, expiry_time: expiration }],
  ])('reads %s shape', (_, answer) => {
    expect(readAnswer(answer)).toEqual(whole);
  });

  it('leaves an absent expiration absent where the format allows it', () => {
    expect(readAnswer({ accessKeyId: key, secretAccessKey: secret, sessionToken: token }).expiration).toBeUndefined();
    expect(readAnswer({ ...pascalCase, Expiration: undefined }).expiration).toBeUndefined();
  });

  it.each<[object, string]>([
    [{ ...whole, accountId: '012345678901' }, '012345678901'],
    [{ ...pascalCase, AccountId: '012345678901' }, '012345678901'],
  ])('keeps the account id', (answer, account) => {
    expect(readAnswer(answer).accountId).toBe(account);
  });

  it('reads getters and ignores fields that are none of its business', () => {
    class Answer {
      readonly note = 'other';
      get accessKeyId(): string {
        return key;
      }
      readonly secretAccessKey = secret;
      readonly sessionToken = token;
    }
    expect(readAnswer(new Answer())).toEqual({ ...whole, expiration: undefined });
  });

  it.each<[unknown, string]>([
    [undefined, 'is undefined'],
    [null, 'is null'],
    ['secret-planted', `is ${describeType('text')}`],
    [() => whole, `is ${describeType(() => whole)}`],
    [{}, 'lacks `accessKeyId`, lacks `secretAccessKey`, lacks `sessionToken`'],
    [[whole], 'lacks `accessKeyId`, lacks `secretAccessKey`, lacks `sessionToken`'],
    [{ ...whole, sessionToken: undefined }, 'lacks `sessionToken`'],
    [{ ...whole, secretAccessKey: '' }, 'lacks `secretAccessKey`'],
    [{ ...whole, accessKeyId: 5 }, 'lacks `accessKeyId`'],
    [{ ...pascalCase, SessionToken: null }, 'lacks `SessionToken`'],
    [{ AccessKeyId: key, SecretAccessKey: secret, Token: token }, 'lacks `Expiration`'],
    [{ access_key: key, secret_key: secret, token }, 'lacks `expiry_time`'],
    [
      { AccessKeyId: key, secretAccessKey: secret, SessionToken: token },
      'lacks `SecretAccessKey`, mixes `secretAccessKey` into another shape',
    ],
    [{ ...whole, expiration: undefined, Expiration: expiration }, 'mixes `Expiration` into another shape'],
    [{ ...pascalCase, Version: 2 }, 'lacks `Version` 1'],
    [{ ...whole, accountId: '12' }, 'needs as `accountId` a string of twelve digits'],
    [{ ...pascalCase, AccountId: 123456789012 }, 'needs as `AccountId` a string of twelve digits'],
  ])('refuses %o', (answer, problem) => {
    expect(failureOf(() => readAnswer(answer)).message).toBe(`The answer of \`source\` ${problem}.`);
  });

  it.each<[unknown, string]>([
    [new Date(NaN), 'an Invalid Date'],
    ['2026-11-23 10:00', 'another string'],
    ['planted', 'another string'],
    [3600, describeType(3600)],
    [null, 'null'],
  ])('says what is wrong with an expiration of %o', (value, received) => {
    expect(failureOf(() => readAnswer({ ...whole, expiration: value })).message).toBe(
      'The answer of `source` needs as `expiration` a valid Date, ISO 8601 with a time zone, ' +
        `or an epoch of 10 digits (s) or 13 (ms), not ${received}.`,
    );
  });
});

describe('readOutput', () => {
  it('reads the credential_process format', () => {
    expect(readOutput(`\n${JSON.stringify({ Version: 1, ...pascalCase })}\n`)).toEqual(whole);
  });

  it.each<[string, string]>([
    ['', 'is not JSON'],
    ['secret-planted', 'is not JSON'],
    ['{"AccessKeyId":"AKIA-planted"', 'is not JSON'],
    ['null', 'is null'],
    ['"secret-planted"', `is ${describeType('text')}`],
    [JSON.stringify(pascalCase), 'lacks `Version` 1'],
    [JSON.stringify({ ...pascalCase, Version: '1' }), 'lacks `Version` 1'],
    [JSON.stringify({ Version: 1, AccessKeyId: key }), 'lacks `SecretAccessKey`, lacks `SessionToken`'],
    [
      JSON.stringify({ Version: 1, ...pascalCase, SessionToken: undefined, Token: token }),
      'lacks `SessionToken`, mixes `Token` into another shape',
    ],
  ])('refuses %o', (output, problem) => {
    expect(failureOf(() => readOutput(output)).message).toBe(`The answer of \`command\` ${problem}.`);
  });
});
