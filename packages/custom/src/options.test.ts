import { describe, expect, it } from 'vitest';
import { checkCustomOptions, checkIdentity, type CustomIdentity, type CustomOptions } from './options.js';

const source = (): never => {
  throw new Error('not called at construction');
};
const command = ['vault-aws'];
const commandRule = 'must be an array of strings without NUL bytes, the program first';

describe('checkCustomOptions', () => {
  it.each<CustomOptions>([
    { source },
    { source, args: ['reader', 1], identity: {}, classify: () => undefined },
    { source, args: undefined, command: undefined, commandOptions: undefined },
    { source, identity: { account: '012345678901', arn: 'arn:aws:iam::012345678901:role/reader', userId: 'AROA' } },
    { command },
    { command: ['vault-aws', ''], identity: () => ({}) },
    { command, commandOptions: { cwd: '/', env: { NAME: 'value', OTHER: undefined }, timeoutMs: 1 } },
    { command, commandOptions: {} },
  ])('accepts %o', (options) => {
    expect(() => checkCustomOptions(options)).not.toThrow();
  });

  it.each<[object, string, string]>([
    [{}, 'source', 'or `command` is required'],
    [{ command: undefined, commandOptions: undefined }, 'source', 'or `command` is required'],
    [{ source, command }, 'source', 'and `command` exclude each other'],
    [{ source: 'planted' }, 'source', 'must be a function'],
    [{ source, args: 'planted' }, 'args', 'must be an array'],
    [{ command, args: ['planted'] }, 'args', 'and `command` exclude each other'],
    [{ source, commandOptions: {} }, 'commandOptions', 'and `source` exclude each other'],
    [{ command: 'vault-aws --token planted' }, 'command', commandRule],
    [{ command: [] }, 'command', commandRule],
    [{ command: ['', 'planted'] }, 'command', commandRule],
    [{ command: ['vault-aws', 5] }, 'command', commandRule],
    [{ command: '' }, 'command', commandRule],
    [{ command: ['vault-aws', 'planted\0'] }, 'command', commandRule],
    [{ command, commandOptions: { cwd: '' } }, 'commandOptions.cwd', 'must be a non-empty string'],
    [{ command, commandOptions: { cwd: '/planted\0' } }, 'commandOptions.cwd', 'must hold no NUL byte'],
    [
      { command, commandOptions: { env: { 'planted\0': 'x' } } },
      'commandOptions.env',
      'must hold only strings without NUL bytes',
    ],
    [{ command, commandOptions: { env: ['planted'] } }, 'commandOptions.env', 'must be an object'],
    [
      { command, commandOptions: { env: { PIN: 'planted\0' } } },
      'commandOptions.env',
      'must hold only strings without NUL bytes',
    ],
    [
      { command, commandOptions: { env: { PIN: 1234 } } },
      'commandOptions.env',
      'must hold only strings without NUL bytes',
    ],
    [
      { command, commandOptions: { timeoutMs: 0 } },
      'commandOptions.timeoutMs',
      'must be a number of milliseconds above 0, at most 2147483647',
    ],
    [{ source, identity: 'planted' }, 'identity', 'must be an object'],
    [{ source, identity: { account: 12 } }, 'identity.account', 'must be a non-empty string'],
    [{ source, classify: true }, 'classify', 'must be a function'],
  ])('refuses %o', (options, option, problem) => {
    expect(() => checkCustomOptions(options as CustomOptions)).toThrow(`Option \`${option}\` ${problem}`);
  });

  it.each<[object, string]>([
    [{ sourse: source }, 'sourse'],
    [{ comand: command }, 'comand'],
    [{ command, shell: true }, 'shell'],
    [{ command, commandOptions: { shell: true } }, 'commandOptions.shell'],
    [{ source, identity: { Arn: 'planted' } }, 'identity.Arn'],
  ])('refuses the unknown option in %o', (options, option) => {
    expect(() => checkCustomOptions(options as CustomOptions)).toThrow(`Option \`${option}\` is unknown;`);
  });
});

describe('checkIdentity', () => {
  it.each<[unknown, string, string]>([
    [undefined, 'identity()', 'must be an object'],
    ['planted', 'identity()', 'must be an object'],
    [{ account: '' }, 'identity().account', 'must be a non-empty string'],
    [{ arn: '' }, 'identity().arn', 'must be a non-empty string'],
  ])('refuses %o', (answer, option, problem) => {
    expect(() => checkIdentity(answer as CustomIdentity)).toThrow(`Option \`${option}\` ${problem}`);
  });

  it('refuses a field that is not of an identity', () => {
    const answer = { Account: '012345678901' } as CustomIdentity;
    expect(() => checkIdentity(answer)).toThrow('Option `identity().Account` is unknown;');
  });
});
