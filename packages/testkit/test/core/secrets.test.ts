import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { formatWithOptions, inspect } from 'node:util';
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import {
  type AcquiredCredentials,
  defineStrategy,
  RefreshableSession,
  sessionEventNames,
  type Strategy,
} from '@brs/core';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ManualClock, settled } from '../../src/index.js';
import { json, jsonError, startCannedService } from './support/canned-service.js';
import { rejectionOf } from './support/rejection.js';
import { expectNothingUnhandled } from './support/unhandled.js';

expectNothingUnhandled();

const secrets = ['PLANTED-SECRET-KEY', 'PLANTED-SESSION-TOKEN'] as const;
const planted: AcquiredCredentials = {
  accessKeyId: 'ASIAPLANTED',
  secretAccessKey: secrets[0],
  sessionToken: secrets[1],
  expiration: new Date(Date.UTC(2026, 0, 1, 1)),
  accountId: '123456789012',
};

/** Everything that a value shows of itself when it is printed, logged, serialized or thrown. */
function everythingShownBy(value: unknown): string {
  const shown = [
    inspect(value, { showHidden: true, depth: Infinity, getters: true, showProxy: true, maxArrayLength: null }),
    inspect([{ nested: { deeply: value } }], { depth: Infinity }),
    formatWithOptions({ depth: Infinity }, '%o %O %s %j', value, value, value, isJson(value) ? value : undefined),
    String(Object.prototype.toString.call(value)),
    isJson(value) ? JSON.stringify([value, { value }]) : '',
  ];
  for (let link = value; link instanceof Error; link = link.cause) {
    shown.push(String(link), link.message, String(link.stack), JSON.stringify(link));
    for (const name of Object.getOwnPropertyNames(link))
      shown.push(inspect(Reflect.get(link, name), { depth: Infinity }));
  }
  return shown.join('\n');
}

/** SDK clients refer to themselves. */
function isJson(value: unknown): boolean {
  try {
    JSON.stringify(value);
    return true;
  } catch {
    return false;
  }
}

function expectNoSecretIn(value: unknown): void {
  const shown = everythingShownBy(value);
  for (const secret of secrets) expect(shown).not.toContain(secret);
}

/** All that is told while a test runs: events, diagnostics channels and warnings. */
function record(session: RefreshableSession): unknown[] {
  const told: unknown[] = [];
  const listener = (event: unknown): void => void told.push(event);
  for (const name of sessionEventNames) {
    session.on(name, listener);
    subscribe(`brs:${name}`, listener);
    onTestFinished(() => void unsubscribe(`brs:${name}`, listener));
  }
  process.on('warning', listener);
  onTestFinished(() => void process.off('warning', listener));
  return told;
}

function sessionOver(acquire: Strategy['acquire'], more: Partial<Strategy> = {}) {
  const clock = new ManualClock();
  const strategy = defineStrategy({ name: 'planted', acquire, ...more });
  const session = new RefreshableSession({ strategy, clock, region: 'us-east-1', advisoryWindowSeconds: 3000 });
  onTestFinished(() => session.close());
  return { clock, session, told: record(session) };
}

describe('what a session shows', () => {
  it('(the search finds what there is to find)', () => {
    expect(everythingShownBy({ ...planted })).toContain(secrets[0]);
    expect(everythingShownBy(new Error('outer', { cause: new Error(secrets[1]) }))).toContain(secrets[1]);
    expect(everythingShownBy(Object.defineProperty({}, 'hidden', { value: secrets[0] }))).toContain(secrets[0]);
  });

  it('of a set of credentials: everything but the secrets', async () => {
    const { session } = sessionOver(async () => planted);
    const set = await session.getCredentials();
    expect(set).toMatchObject(planted);
    for (const value of [
      set,
      session.getCredentials(),
      session.credentials(),
      new Map([[set, set]]),
      new Error('x', { cause: set }),
    ]) {
      expectNoSecretIn(value);
    }
    expect(`${inspect(set)}`).toContain('ASIAPLANTED');
    expect(JSON.parse(JSON.stringify(set))).toEqual({
      accessKeyId: 'ASIAPLANTED',
      accountId: '123456789012',
      expiration: '2026-01-01T01:00:00.000Z',
    });
  });

  it('of itself, its status, its provider, who it is, and what it tells', async () => {
    const { session, told, clock } = sessionOver(async () => ({
      ...planted,
      sourceTime: new Date(Date.UTC(2025, 11, 31, 12)),
    }));
    await session.ready();
    session.invalidate('ASIAPLANTED');
    await session.refresh();
    await clock.advance(45 * 60_000);
    await session.getCredentials();
    await settled();
    expectNoSecretIn(session);
    expectNoSecretIn(session.status());
    expectNoSecretIn(session.credentials);
    expectNoSecretIn(await session.whoami());
    await session.close();
    expectNoSecretIn(session);
    expect(told.length).toBeGreaterThan(10);
    for (const event of told) expectNoSecretIn(event);
  });

  it('of a client that it made, before and after requests, and of the errors of its requests', async () => {
    const { session } = sessionOver(async () => planted);
    await using service = await startCannedService(({ headers }) =>
      headers['x-fail'] ? jsonError('AccessDeniedException', 403) : json({ TableNames: [] }),
    );
    const client = session.client(DynamoDBClient, { endpoint: service.endpoint });
    const answer = await client.send(new ListTablesCommand({}));
    client.middlewareStack.add(
      (next) => async (args) => {
        (args.request as { headers: Record<string, string> }).headers['x-fail'] = '1';
        return next(args);
      },
      { step: 'build' },
    );
    const error = await rejectionOf(client.send(new ListTablesCommand({})));
    expect(error.name).toBe('AccessDeniedException');
    for (const value of [answer, error.message, String(error.stack), inspect(session, { depth: Infinity })]) {
      expectNoSecretIn(value);
    }
    // The SDK keeps the provider in the client, and must not find a set there.
    const shown = inspect(client, { depth: 12, showHidden: true });
    for (const secret of secrets) expect(shown).not.toContain(secret);
  });
});

describe('what an error shows', () => {
  const answers: [string, object][] = [
    ['no key id', { ...planted, accessKeyId: undefined }],
    ['a secret of a wrong type', { ...planted, secretAccessKey: [secrets[0]] }],
    ['a secret in an object', { ...planted, sessionToken: { value: secrets[1] } }],
    ['a secret where the date belongs', { ...planted, expiration: secrets[0] }],
    ['a secret where the time belongs', { ...planted, sourceTime: secrets[1] }],
    ['an expired set', { ...planted, expiration: new Date(0) }],
    ['an object of a class', new (class Answer { readonly secretAccessKey = secrets[0]; })()], // prettier-ignore
  ];
  it.each(answers)('of an answer with %s: no secret anywhere in it or in its causes', async (_, answer) => {
    const { session, told } = sessionOver(async () => answer as AcquiredCredentials);
    const error = await rejectionOf(session.getCredentials());
    expect(error.code).toBe('REFRESH_FAILED');
    expectNoSecretIn(error);
    expectNoSecretIn(await rejectionOf(session.credentials()));
    for (const event of told) expectNoSecretIn(event);
  });

  it.each(['recoverable', 'terminal'] as const)(
    'of a source whose own %s error holds a secret: nothing of its text is repeated',
    async (kind) => {
      const cause = Object.assign(new Error(`cannot use ${secrets[0]}`), { output: secrets[1] });
      const { session } = sessionOver(() => Promise.reject(cause), {
        classify: () => ({ kind, hint: 'Look at the source.' }),
      });
      for (const error of [await rejectionOf(session.getCredentials()), await rejectionOf(session.credentials())]) {
        for (const text of [error.message, error.stack, error.hint, JSON.stringify(error), String(error)]) {
          for (const secret of secrets) expect(text).not.toContain(secret);
        }
      }
      // The cause is the source's own error, as it is: strategies keep secrets out of theirs.
      expect((await rejectionOf(session.getCredentials())).cause).toBe(cause);
    },
  );

  it('of an expired set, a hang and a closed session: no secret', async () => {
    let answer: Promise<AcquiredCredentials> = Promise.resolve(planted);
    const { session, clock, told } = sessionOver(() => answer);
    await session.ready();
    answer = new Promise(() => {});
    await clock.advance(59.5 * 60_000);
    const wait = rejectionOf(session.getCredentials({ forceRefresh: true }));
    await clock.advance(60_000);
    expectNoSecretIn(await wait);
    const expired = rejectionOf(session.getCredentials());
    await clock.advance(60_000);
    expect(await expired).toMatchObject({ code: 'CREDENTIALS_EXPIRED', cause: { code: 'REFRESH_FAILED' } });
    expectNoSecretIn(await expired);
    await session.close();
    expectNoSecretIn(await rejectionOf(session.getCredentials()));
    for (const event of told) expectNoSecretIn(event);
  });

  it('of a listener that throws what it was told: the warning repeats nothing', async () => {
    const { session, told } = sessionOver(async () => planted);
    session.on('refreshSucceeded', () => {
      throw new Error(secrets[0]);
    });
    await session.ready();
    await settled();
    expect(told.some((event) => (event as Error).name === 'SessionListenerWarning')).toBe(true);
    for (const event of told) expectNoSecretIn(event);
  });
});
