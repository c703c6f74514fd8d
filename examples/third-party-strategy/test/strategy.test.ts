import { inspect } from 'node:util';
import { listMethods, RefreshableSession } from '@brs/core';
import { afterEach, describe, expect, test } from 'vitest';
import {
  issueNumbered,
  Refusal,
  type SecretsServer,
  type SecretsServerOptions,
  startSecretsServer,
} from '../server/secrets-server.js';
import { createVaultStrategy, type VaultOptions } from '../src/index.js';

const token = 'planted-server-token';
const context = { reason: 'initial', signal: new AbortController().signal } as const;
const running: SecretsServer[] = [];
afterEach(() => Promise.all(running.splice(0).map((server) => server.close())));

async function serve(issue: SecretsServerOptions['issue'] = issueNumbered(3600)): Promise<SecretsServer> {
  const server = await startSecretsServer({ token, issue });
  running.push(server);
  return server;
}

/** What the strategy makes of a failure, after a look for secrets in it. */
async function failureOf(options: VaultOptions) {
  const strategy = createVaultStrategy(options);
  const error: unknown = await strategy.acquire(context).then(
    () => 'no error',
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(Error);
  expect(inspect(error, { depth: 9 }) + JSON.stringify(error)).not.toContain('planted');
  return { message: (error as Error).message, ...strategy.classify(error) };
}

describe('a session with the method', () => {
  test('is known by the import', () => {
    expect(listMethods()).toContainEqual({ method: 'vault', packageName: '@acme/brs-vault' });
  });

  test('gets credentials and knows its account', async () => {
    const { url } = await serve();
    await using session = new RefreshableSession({ method: 'vault', url, role: 'reader', token: async () => token });
    expect(await session.getCredentials()).toMatchObject({
      accessKeyId: 'ASIAVAULT1',
      sessionToken: 'planted-token-1',
    });
    expect(await session.whoami()).toEqual({ method: 'vault', account: '123456789012' });
    expect(await session.refresh()).toMatchObject({ accessKeyId: 'ASIAVAULT2' });
  });
});

describe('a failure', () => {
  test.each<[string, Partial<VaultOptions>, object]>([
    ['an unknown token', { token: 'planted-other' }, { kind: 'terminal', hint: expect.stringContaining('log in') }],
    ['an unknown role', { role: 'writer/../reader' }, { kind: 'terminal', hint: expect.stringContaining('`role`') }],
    [
      'a token that no header can carry',
      { token: 'planted\n' },
      { kind: 'recoverable', message: 'The token is no token.' },
    ],
    ['nobody at the address', { url: 'http://127.0.0.1:1' }, { kind: 'recoverable' }],
  ])('is classified: %s', async (_, options, expected) => {
    const { url } = await serve();
    expect(await failureOf({ url, role: 'reader', token, ...options })).toMatchObject(expected);
  });

  test.each<[string, () => never, object]>([
    ['not allowed', () => refuse(403), { kind: 'terminal', hint: expect.stringContaining('policy') }],
    ['throttled', () => refuse(429, 7), { kind: 'recoverable', retryAfterMs: 7000 }],
    ['sealed', () => refuse(503), { kind: 'recoverable', retryAfterMs: undefined }],
  ])('is classified: %s', async (_, issue, expected) => {
    const { url } = await serve(issue);
    expect(await failureOf({ url, role: 'reader', token })).toMatchObject(expected);
  });

  test('shows nothing of an answer that is no JSON', async () => {
    const { url } = await serve(() => ({ set: '{"access_key":planted' }));
    expect(await failureOf({ url, role: 'reader', token })).toMatchObject({
      kind: 'recoverable',
      message: 'The server answered something other than JSON.',
    });
  });

  test('does not wait for a server that does not answer', async () => {
    const closed = new Error('closed');
    const abort = new AbortController();
    const { url } = await serve(() => {
      abort.abort(closed);
      return new Promise(() => {});
    });
    const strategy = createVaultStrategy({ url, role: 'reader', token });
    await expect(strategy.acquire({ reason: 'initial', signal: abort.signal })).rejects.toBe(closed);
  });
});

function refuse(status: number, retryAfterSeconds?: number): never {
  throw new Refusal(status, retryAfterSeconds);
}

describe('an option', () => {
  const good = { url: 'https://vault.example.com', role: 'reader', token };

  test.each<[object, string, string]>([
    [{ ...good, token: undefined }, 'token', 'is required'],
    [{ ...good, token: 5 }, 'token', 'must be a non-empty string'],
    [{ ...good, url: 'vault.example.com' }, 'url', 'must be an https URL, or an http URL on this machine'],
    [{ ...good, url: 'http://vault.example.com' }, 'url', 'must be an https URL, or an http URL on this machine'],
  ])('is refused in %o', (options, option, problem) => {
    expect(() => createVaultStrategy(options as VaultOptions)).toThrow(`Option \`${option}\` ${problem}`);
  });

  test('is refused that is misspelt', () => {
    const options = { ...good, rolle: 'reader' };
    expect(() => createVaultStrategy(options)).toThrow('Option `rolle` is unknown;');
  });
});
