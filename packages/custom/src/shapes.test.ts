import { InvalidCredentialsError } from '@brs/core';
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

function failureOf(read: () => unknown): InvalidCredentialsError {
  try {
    read();
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidCredentialsError);
    const { message, hint, stack, cause } = error as InvalidCredentialsError;
    expect(`${message} ${hint} ${stack} ${String(cause)}`).not.toContain('planted');
    return error as InvalidCredentialsError;
  }
  throw new Error('nothing was thrown');
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
    [undefined, '`source` answered with undefined.'],
    [null, '`source` answered with null.'],
    ['secret-planted', '`source` answered with a value of type string.'],
    [() => whole, '`source` answered with a value of type function.'],
    [{}, 'The answer of `source` lacks `accessKeyId`, `secretAccessKey`, `sessionToken`.'],
    [[whole], 'The answer of `source` lacks `accessKeyId`, `secretAccessKey`, `sessionToken`.'],
    [{ ...whole, sessionToken: undefined }, 'The answer of `source` lacks `sessionToken`.'],
    [{ ...whole, secretAccessKey: '' }, 'The answer of `source` lacks `secretAccessKey`.'],
    [{ ...whole, accessKeyId: 5 }, 'The answer of `source` lacks `accessKeyId`.'],
    [{ ...pascalCase, SessionToken: undefined }, 'The answer of `source` lacks `SessionToken`.'],
    [
      { AccessKeyId: key, SecretAccessKey: secret, Token: token },
      'The answer of `source` lacks `Expiration`.',
    ],
    [{ access_key: key, secret_key: secret, token }, 'The answer of `source` lacks `expiry_time`.'],
    [
      { AccessKeyId: key, secretAccessKey: secret, SessionToken: token },
      'The answer of `source` lacks `SecretAccessKey`, and mixes `secretAccessKey` into the shape of `AccessKeyId`.',
    ],
    [
      { ...whole, expiration: undefined, Expiration: expiration },
      'The answer of `source` mixes `Expiration` into the shape of `accessKeyId`.',
    ],
    [{ ...pascalCase, Version: 2 }, 'The answer of `source` has no `Version` 1.'],
    [{ ...whole, accountId: 12 }, 'The answer of `source` has an `accountId` that is no string of twelve digits.'],
  ])('refuses %o', (answer, message) => {
    expect(failureOf(() => readAnswer(answer)).message).toBe(message);
  });

  it.each<[unknown, string]>([
    [new Date(NaN), 'an Invalid Date'],
    ['2026-11-23 10:00', 'another string'],
    ['planted', 'another string'],
    [3600, 'number 3600'],
    [null, 'null'],
  ])('says what is wrong with an expiration of %o', (value, received) => {
    expect(failureOf(() => readAnswer({ ...whole, expiration: value })).message).toBe(
      'The answer of `source` has an `expiration` that is no valid Date, no ISO 8601 with a time zone (2026-11-23T10:00:00Z) ' +
        `and no epoch in seconds (10 digits) or milliseconds (13 digits), but ${received}.`,
    );
  });

  it('says which shapes it understands', () => {
    expect(failureOf(() => readAnswer({})).hint).toBe(
      'Answer with one whole set: accessKeyId, secretAccessKey, sessionToken, expiration; ' +
        'or AccessKeyId, SecretAccessKey, SessionToken, Expiration; or AccessKeyId, SecretAccessKey, Token, Expiration; ' +
        'or access_key, secret_key, token, expiry_time.',
    );
  });
});

describe('readOutput', () => {
  it('reads the credential_process format', () => {
    expect(readOutput(`\n${JSON.stringify({ Version: 1, ...pascalCase })}\n`)).toEqual(whole);
  });

  it.each<[string, string]>([
    ['', '`command` printed something other than JSON.'],
    ['secret-planted', '`command` printed something other than JSON.'],
    ['{"AccessKeyId":"AKIA-planted"', '`command` printed something other than JSON.'],
    ['null', '`command` answered with null.'],
    ['"secret-planted"', '`command` answered with a value of type string.'],
    [JSON.stringify(pascalCase), 'The answer of `command` has no `Version` 1.'],
    [JSON.stringify({ ...pascalCase, Version: '1' }), 'The answer of `command` has no `Version` 1.'],
    [JSON.stringify({ Version: 1, AccessKeyId: key }), 'The answer of `command` lacks `SecretAccessKey`, `SessionToken`.'],
    [
      JSON.stringify({ Version: 1, ...pascalCase, SessionToken: undefined, Token: token }),
      'The answer of `command` lacks `SessionToken`, and mixes `Token` into the shape of `AccessKeyId`.',
    ],
  ])('refuses %o', (output, message) => {
    const failure = failureOf(() => readOutput(output));
    expect(failure.message).toBe(message);
    expect(failure.hint).toBe('Answer with one whole set: AccessKeyId, SecretAccessKey, SessionToken, Expiration.');
  });
});
