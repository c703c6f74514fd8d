import { inspect } from 'node:util';
import { type AcquireContext, type Identity, type IdentityContext, InvalidCredentialsError } from '@brs/core';
import { describe, expect, it, vi } from 'vitest';
import { CommandFailedError } from './command.js';
import type { CustomIdentity, CustomOptions } from './options.js';
import { createCustomStrategy } from './strategy.js';

const context: AcquireContext = { reason: 'initial', signal: new AbortController().signal };
const set = {
  accessKeyId: 'AKIA1',
  secretAccessKey: 'secret1',
  sessionToken: 'token1',
  expiration: new Date('2026-11-23T10:00:00Z'),
  accountId: '012345678901',
};
const source = (): typeof set => set;
/** A command that prints a text. */
const print = (text: string): string[] => [process.execPath, '-e', 'process.stdout.write(process.argv[1])', text];

describe('a function', () => {
  it.each<[string, CustomOptions]>([
    ['sync', { source }],
    ['async', { source: async () => set }],
  ])('%s is asked once each time', async (_, options) => {
    await expect(createCustomStrategy(options).acquire(context)).resolves.toEqual(set);
  });

  it('receives the context and its arguments', async () => {
    const asked = vi.fn(source);
    await createCustomStrategy({ source: asked, args: ['reader', 1] }).acquire(context);
    expect(asked.mock.calls).toEqual([[context, 'reader', 1]]);
  });

  it.each<[string, () => never]>([
    [
      'throws',
      () => {
        throw new Error('down');
      },
    ],
    [
      'throws a non-error',
      () => {
        throw 'down' as unknown as Error;
      },
    ],
    ['rejects', () => Promise.reject(new Error('down')) as never],
  ])('that %s makes the strategy reject with just that', async (_, failing) => {
    const strategy = createCustomStrategy({ source: failing });
    await expect(strategy.acquire(context)).rejects.toSatisfy(
      (error) => (error as Error).message === 'down' || error === 'down',
    );
  });

  it('that answers nothing makes the strategy reject', async () => {
    const strategy = createCustomStrategy({ source: (() => undefined) as never });
    await expect(strategy.acquire(context)).rejects.toThrow('The answer of `source` is undefined.');
  });
});

describe('a command', () => {
  it('is read in the credential_process format', async () => {
    const answer = { Version: 1, AccessKeyId: 'AKIA1', SecretAccessKey: 'secret1', SessionToken: 'token1' };
    await expect(
      createCustomStrategy({ command: print(JSON.stringify(answer)) }).acquire(context),
    ).resolves.toMatchObject({
      accessKeyId: 'AKIA1',
      sessionToken: 'token1',
      expiration: undefined,
    });
  });

  it('that prints rubbish shows none of it', async () => {
    const failing = createCustomStrategy({ command: print('{"AccessKeyId": planted') }).acquire(context);
    const error = await failing.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(InvalidCredentialsError);
    expect(inspect(error)).not.toContain('planted');
  });

  it('is the one that was checked, whatever becomes of the array', async () => {
    const command = print('{}');
    const strategy = createCustomStrategy({ command });
    command.fill('\0');
    await expect(strategy.acquire(context)).rejects.toThrow(InvalidCredentialsError);
  });
});

describe('identity', () => {
  const whoIs = (options: Partial<CustomOptions>, credentials: object = set): Promise<Identity> =>
    createCustomStrategy({ source, ...options } as CustomOptions).identity({
      credentials: async () => credentials,
      signal: context.signal,
    } as unknown as IdentityContext);

  it.each<[string, Partial<CustomOptions>, Identity]>([
    ['the account, if the source gives it', {}, { method: 'custom', account: '012345678901' }],
    ['a value', { identity: { arn: 'arn:aws:iam::1:role/x' } }, { method: 'custom', arn: 'arn:aws:iam::1:role/x' }],
    ['a function', { identity: () => ({ userId: 'AROA' }) }, { method: 'custom', userId: 'AROA' }],
    ['an async function', { identity: async () => ({}) }, { method: 'custom' }],
  ])('is %s', async (_, options, expected) => {
    expect(await whoIs(options)).toEqual(expected);
  });

  it('is the method alone when nothing else is known', async () => {
    expect(await whoIs({}, {})).toEqual({ method: 'custom' });
  });

  it('hands the credentials to the function', async () => {
    const identity = async ({ credentials }: IdentityContext): Promise<CustomIdentity> => ({
      userId: (await credentials()).accessKeyId,
    });
    expect(await whoIs({ identity })).toEqual({ method: 'custom', userId: 'AKIA1' });
  });

  it('refuses an answer that is none', async () => {
    await expect(whoIs({ identity: () => undefined as never })).rejects.toThrow(
      'Option `identity()` must be an object',
    );
  });
});

describe('classify', () => {
  const exited = new CommandFailedError('exited with code 77', { exitCode: 77 });

  it.each<[string, unknown, object]>([
    ["a function's error", new Error('down'), { kind: 'recoverable' }],
    ['a non-error', undefined, { kind: 'recoverable' }],
    ['a command that failed', exited, { kind: 'recoverable', hint: expect.stringContaining('by hand') }],
    [
      'a command that cannot be started',
      new CommandFailedError('could not be started (ENOENT)', { startFailure: 'ENOENT' }),
      { kind: 'terminal', hint: expect.stringContaining('command[0]') },
    ],
  ])('says by default of %s', (_, error, expected) => {
    expect(createCustomStrategy({ source }).classify(error)).toEqual(expected);
  });

  it("is the caller's word first", () => {
    const terminal = { kind: 'terminal', hint: 'Log in again.' } as const;
    const strategy = createCustomStrategy({
      source,
      classify: (error) => (error instanceof CommandFailedError && error.exitCode === 77 ? terminal : undefined),
    });
    expect(strategy.classify(exited)).toBe(terminal);
    expect(strategy.classify(new Error('down'))).toEqual({ kind: 'recoverable' });
  });
});
