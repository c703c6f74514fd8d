/** Two copies of the package in one process, as when an application is ESM and a strategy is CommonJS. Runs on the build. */
import { createRequire } from 'node:module';
import { afterEach, describe, expect, it } from 'vitest';

type Core = typeof import('../src/index.js');

const esm = (await import(new URL('../dist/index.js', import.meta.url).href)) as Core;
const cjs = createRequire(import.meta.url)('../dist/index.cjs') as Core;
const source = (await import('../src/index.js')) as Core;

const copies: [string, Core, Core][] = [
  ['ESM', esm, cjs],
  ['CommonJS', cjs, esm],
  ['another version', source, cjs],
];
const set = { accessKeyId: 'ASIA1', secretAccessKey: 'secret', sessionToken: 'token' };

afterEach(() => esm.setDefaultSession(undefined));

it('they are two copies, with the same names', () => {
  expect(esm.RefreshableSession).not.toBe(cjs.RefreshableSession);
  expect(Object.keys(esm).sort()).toEqual(Object.keys(cjs).sort());
});

describe.each(copies)('what the %s copy does, the other one sees', (name, one, other) => {
  it('a method that is registered', async () => {
    const method = `vault-${name}`;
    const definition = {
      method,
      packageName: '@acme/brs-vault',
      create: () => one.defineStrategy({ name: method, acquire: async () => set }),
    };
    one.registerMethod(definition);
    expect(other.listMethods()).toContainEqual({ method, packageName: '@acme/brs-vault' });
    other.registerMethod(definition);
    expect(() => other.registerMethod({ ...definition, packageName: '@other/brs-vault' })).toThrow(
      other.MethodConflictError,
    );
    await using session = new other.RefreshableSession({ method } as never);
    expect(await session.getCredentials()).toMatchObject(set);
  });

  it('a strategy', async () => {
    const strategy = one.defineStrategy({ name: 'shared', acquire: async () => set });
    await using session = new other.RefreshableSession({ strategy });
    expect(await session.getCredentials()).toMatchObject(set);
  });

  it('a strategy that sessions of both use: the last one closes it', async () => {
    let released = 0;
    const strategy = one.defineStrategy({ name: 'shared', acquire: async () => set, close: () => void released++ });
    const sessions = [new one.RefreshableSession({ strategy }), new other.RefreshableSession({ strategy })] as const;
    await sessions[0].close();
    expect(released).toBe(0);
    await sessions[1].close();
    expect(released).toBe(1);
  });

  it('the default session', () => {
    const session = new one.RefreshableSession({
      strategy: one.defineStrategy({ name: 'default', acquire: async () => set }),
    });
    one.setDefaultSession(session);
    expect(other.getDefaultSession()).toBe(session);
  });

  it('an error, by its brand', async () => {
    const strategy = one.defineStrategy({ name: 'failing', acquire: () => Promise.reject(new Error('down')) });
    await using session = new one.RefreshableSession({ strategy });
    const error: unknown = await session.getCredentials().catch((reason: unknown) => reason);
    expect(other.isSessionError(error)).toBe(true);
    const forSdk: unknown = await session.credentials().catch((reason: unknown) => reason);
    expect(forSdk).toMatchObject({ name: 'CredentialsProviderError', code: 'REFRESH_FAILED' });
    expect(other.isSessionError(forSdk)).toBe(true);
  });

  it('one that a strategy throws at construction', () => {
    const method = `broken-${name}`;
    one.registerMethod({
      method,
      packageName: '@acme/brs-broken',
      create: (options) => {
        one.checkOptions(options, { url: one.rule.string });
        throw new Error('not reached');
      },
    });
    const error = (() => {
      try {
        return new other.RefreshableSession({ method, ulr: 'x' } as never);
      } catch (thrown) {
        return thrown;
      }
    })();
    expect(other.isSessionError(error) && error.code).toBe('INVALID_OPTIONS');
    expect(String(error)).toMatch(/known are .*deferRefresh.*url/);
  });
});

it('isSessionError of one copy narrows to the errors of both', () => {
  for (const core of [esm, cjs, source]) {
    for (const other of [esm, cjs, source])
      expect(core.isSessionError(new other.SessionClosedError('closed'))).toBe(true);
  }
});
