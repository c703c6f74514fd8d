import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KinesisClient, ListStreamsCommand } from '@aws-sdk/client-kinesis';
import { ListBucketsCommand, S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import { STSClient } from '@aws-sdk/client-sts';
import { type ClientCacheOptions, type CommonSessionOptions, RefreshableSession } from '@brs/core';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { ManualClock, ScriptedSource, scriptedStrategy, startLocalAws } from '../../src/index.js';
import { json, startCannedService } from './support/canned-service.js';
import { rejectionOf } from './support/rejection.js';
import { assumeRole, roleStrategy } from './support/role-strategy.js';
import { expectNothingUnhandled } from './support/unhandled.js';

expectNothingUnhandled();

function sessionWith(options: CommonSessionOptions = {}): RefreshableSession {
  const clock = new ManualClock(Date.now());
  const strategy = scriptedStrategy(new ScriptedSource({ clock }));
  const session = new RefreshableSession({ strategy, clock, region: 'us-east-1', ...options });
  onTestFinished(() => session.close());
  return session;
}

async function localSession(options: CommonSessionOptions = {}) {
  const aws = await startLocalAws();
  onTestFinished(() => aws.close());
  const session = new RefreshableSession({ strategy: roleStrategy(aws), region: aws.region, ...options });
  onTestFinished(() => session.close());
  return { aws, session, at: { endpoint: aws.endpoint } };
}

/** An HTTP/1.1 handler as a user would share it among clients. */
function sharedHandler() {
  const { requestHandler } = new S3Client({ region: 'us-east-1' }).config;
  return Object.assign(requestHandler, { destroy: vi.fn() });
}

/** An object that inherits nothing. */
const bare = (fields: object): object => Object.assign(Object.create(null) as object, fields);

describe('the same class and configuration give the same client', () => {
  it('without a configuration, with an empty one and with nothing but undefined in it', () => {
    const session = sessionWith();
    const client = session.client(S3Client);
    expect(client).toBeInstanceOf(S3Client);
    expect(session.client(S3Client, {})).toBe(client);
    expect(session.client(S3Client, { endpoint: undefined as never })).toBe(client);
  });

  it('in any order of keys, at any depth', () => {
    const session = sessionWith();
    const client = session.client(S3Client, {
      region: 'eu-west-1',
      requestHandler: { requestTimeout: 1000, connectionTimeout: 500 },
    });
    expect(
      session.client(S3Client, {
        requestHandler: { connectionTimeout: 500, requestTimeout: 1000 },
        region: 'eu-west-1',
      }),
    ).toBe(client);
  });

  it.each<[string, object, object]>([
    ['another value', { region: 'eu-west-1' }, { region: 'eu-west-2' }],
    ['another type of value', { customUserAgent: '1' }, { customUserAgent: 1 }],
    ['a value more', { region: 'eu-west-1' }, { region: 'eu-west-1', forcePathStyle: true }],
    ['another depth', { requestHandler: { requestTimeout: 1 } }, { requestTimeout: 1 }],
    ['an array for its only item', { customUserAgent: ['a'] }, { customUserAgent: 'a' }],
    ['another order of an array', { customUserAgent: [['a', 'b']] }, { customUserAgent: [['b', 'a']] }],
    ['a text that looks like two', { region: 'a","b' }, { region: 'a', b: 'b' }],
    ['another function', { logger: { debug: () => undefined } }, { logger: { debug: () => undefined } }],
    ['another instance', { expires: new Date(0) }, { expires: new Date(0) }],
    ['another big number', { a: 1n }, { a: 2n }],
    ['no number', { a: NaN }, { a: null }],
    ['an object without a prototype', { a: bare({ b: 1 }), c: 1 }, { a: bare({ b: 2 }), c: 1 }],
  ])('%s is another client', (_, left, right) => {
    const session = sessionWith();
    expect(session.client(S3Client, left)).not.toBe(session.client(S3Client, right));
    expect(session.client(S3Client, left)).toBe(session.client(S3Client, left));
  });

  it('the same function or instance is the same client', () => {
    const session = sessionWith();
    const [region, requestHandler] = [async () => 'eu-west-1', sharedHandler()];
    expect(session.client(S3Client, { region, requestHandler })).toBe(
      session.client(S3Client, { requestHandler, region }),
    );
  });

  it('another class is another client, also one of the same name', () => {
    const session = sessionWith();
    const Twin = { S3Client: class extends S3Client {} }.S3Client;
    expect(session.client(STSClient)).not.toBe(session.client(S3Client));
    expect(session.client(Twin)).not.toBe(session.client(S3Client));
    expect(session.client(Twin)).toBe(session.client(Twin));
  });

  it('a configuration that the caller changes afterwards is another one, and is itself never changed', () => {
    const session = sessionWith();
    const config = { region: 'eu-west-1' };
    const client = session.client(S3Client, config);
    expect(config).toEqual({ region: 'eu-west-1' });
    config.region = 'eu-west-2';
    expect(session.client(S3Client, config)).not.toBe(client);
    expect(session.client(S3Client, { region: 'eu-west-1' })).toBe(client);
  });

  it('a configuration that contains itself is one by identity', () => {
    const session = sessionWith();
    const cyclic = () => {
      const config: { region: string; own?: unknown; list: unknown[] } = { region: 'eu-west-1', list: [] };
      config.own = { config };
      config.list.push(config.list, config);
      return config;
    };
    const config = cyclic();
    expect(session.client(S3Client, config)).toBe(session.client(S3Client, config));
    expect(session.client(S3Client, cyclic())).not.toBe(session.client(S3Client, config));
  });

  it('a part that stands twice in a configuration is compared by value', () => {
    const session = sessionWith();
    const twice = (): object => {
      const part = { a: 1 };
      return { left: part, right: part };
    };
    expect(session.client(S3Client, twice())).toBe(session.client(S3Client, twice()));
  });

  it('another session has clients of its own', () => {
    expect(sessionWith().client(S3Client)).not.toBe(sessionWith().client(S3Client));
  });
});

describe('what is no client and no configuration', () => {
  it.each([
    ['credentials', { credentials: { accessKeyId: 'planted', secretAccessKey: 'planted' } }, 'config.credentials'],
    ['a string', 'us-east-1', 'config'],
    ['an array', [], 'config'],
    ['null', null, 'config'],
  ])('%s as configuration: an error that names the option and no value', (_, config, option) => {
    const call = () => sessionWith().client(S3Client, config as never);
    expect(call).toThrow(expect.objectContaining({ code: 'INVALID_OPTIONS', option }));
    expect(call).not.toThrow('planted');
  });

  it.each([
    ['a string', 'S3'],
    ['undefined', undefined],
    ['a client', new S3Client({ region: 'us-east-1' })],
  ])('%s as class', (_, Ctor) => {
    expect(() => sessionWith().client(Ctor as never)).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTIONS', option: 'client' }),
    );
  });

  it('credentials among the defaults', () => {
    expect(() => sessionWith({ clientDefaults: { credentials: async () => ({ accessKeyId: 'planted' }) } })).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTIONS', option: 'clientDefaults.credentials' }),
    );
  });
});

describe('a bounded cache', () => {
  const regions = (session: RefreshableSession, names: string[]) =>
    names.map((region) => session.client(S3Client, { region }));
  const bounded = (clientCache: ClientCacheOptions) => sessionWith({ clientCache });

  it('lets the least recently used go', () => {
    const session = bounded({ maxSize: 2 });
    const [a, b] = regions(session, ['a', 'b', 'a']);
    regions(session, ['c']); // b goes
    expect(session.client(S3Client, { region: 'a' })).toBe(a);
    expect(session.client(S3Client, { region: 'b' })).not.toBe(b); // and now c
    expect(session.client(S3Client, { region: 'a' })).toBe(a);
  });

  it('or the least frequently used, however lately, and of those the one that was not used for longest', () => {
    const session = bounded({ maxSize: 3, eviction: 'lfu' });
    const [a, b, c] = regions(session, ['a', 'b', 'c', 'a', 'a', 'b', 'b', 'c']);
    regions(session, ['d']); // c goes: used twice, and last.
    expect(regions(session, ['a', 'b'])).toEqual([a, b]);
    const [d] = regions(session, ['d', 'd', 'd', 'a', 'b', 'a', 'b']); // Now d was used four times, a and b six times.
    expect(session.client(S3Client, { region: 'c' })).not.toBe(c); // d goes
    expect(session.client(S3Client, { region: 'd' })).not.toBe(d); // and c, which was used once
    expect(regions(session, ['a', 'b'])).toEqual([a, b]);
  });

  it('keeps a hundred by default', () => {
    const session = sessionWith();
    const names = Array.from({ length: 100 }, (_, index) => `r${index}`);
    const clients = regions(session, names);
    expect(regions(session, names).every((client, index) => client === clients[index])).toBe(true);
    regions(session, ['one-more']);
    expect(session.client(S3Client, { region: 'r1' })).toBe(clients[1]);
    expect(session.client(S3Client, { region: 'r0' })).not.toBe(clients[0]);
  });

  it('a client that is evicted with a request in flight finishes it, works on, and recovers as ever', async () => {
    const { aws, session, at: endpoint } = await localSession({ clientCache: { maxSize: 1 } });
    const at = { ...endpoint, maxAttempts: 1 }; // No retry of the SDK may hide a connection that was cut.
    const evicted = session.client(S3Client, at);
    const fault = aws.inject({ service: 's3', kind: 'latency', ms: 100 });
    const inFlight = evicted.send(new ListBucketsCommand({}));
    await aws.untilCount({ service: 's3' }, 1);
    expect(session.client(S3Client, { ...at, region: 'eu-west-1' })).not.toBe(evicted);
    expect(session.client(S3Client, at)).not.toBe(evicted);
    await inFlight;
    fault.stop();
    aws.revokeAll();
    await evicted.send(new ListBucketsCommand({}));
    expect(aws.count(assumeRole)).toBe(2);
  });
});

describe('the defaults of clients', () => {
  it('are the session’s region, then clientDefaults, then the client’s own configuration', async () => {
    const session = sessionWith({ clientDefaults: { maxAttempts: 7, useFipsEndpoint: true } });
    const client = session.client(S3Client, { maxAttempts: 2 });
    expect(await client.config.region()).toBe('us-east-1');
    expect(await client.config.maxAttempts()).toBe(2);
    expect(await client.config.useFipsEndpoint()).toBe(true);
    expect(await session.client(DynamoDBClient).config.maxAttempts()).toBe(7);
    expect(await session.client(S3Client, { region: 'eu-west-1' }).config.region()).toBe('eu-west-1');
  });

  it('may name another region than the session’s', async () => {
    const session = sessionWith({ clientDefaults: { region: 'eu-west-1' } });
    expect(await session.client(S3Client).config.region()).toBe('eu-west-1');
  });

  it('are not changed by a client', () => {
    const clientDefaults = Object.freeze({ maxAttempts: 7, requestHandler: Object.freeze({ requestTimeout: 1000 }) });
    sessionWith({ clientDefaults }).client(S3Client);
    expect(clientDefaults).toEqual({ maxAttempts: 7, requestHandler: { requestTimeout: 1000 } });
  });

  it('a shared HTTP/1.1 handler serves the services that speak it, and no service on HTTP/2', async () => {
    const requestHandler = sharedHandler();
    const session = sessionWith({ clientDefaults: { requestHandler } });
    await using service = await startCannedService(() => json({ StreamNames: [], HasMoreStreams: false }), 'h2');
    const kinesis = session.client(KinesisClient, { endpoint: service.endpoint });
    expect(session.client(S3Client).config.requestHandler).toBe(requestHandler);
    expect(session.client(DynamoDBClient).config.requestHandler).toBe(requestHandler);
    expect(kinesis.config.requestHandler.metadata?.handlerProtocol).toBe('h2');
    await kinesis.send(new ListStreamsCommand({}));
    expect(service.requests).toHaveLength(1);
  });

  it.each([
    ['that it speaks', S3Client],
    ['that it does not speak', KinesisClient],
  ])('a shared handler costs a class %s one client more, not one for each configuration', (_, Base) => {
    let made = 0;
    const Counted = class extends (Base as typeof S3Client) {
      constructor(config: S3ClientConfig) {
        super(config);
        made++;
      }
    };
    const session = sessionWith({ clientDefaults: { requestHandler: sharedHandler() } });
    for (const region of ['a', 'b', 'c', 'd']) session.client(Counted, { region });
    expect(made).toBe(5);
  });

  it('a handler in a client’s own configuration is taken whatever it speaks', () => {
    const requestHandler = sharedHandler();
    const session = sessionWith({ clientDefaults: { requestHandler: sharedHandler() } });
    expect(session.client(KinesisClient, { requestHandler }).config.requestHandler).toBe(requestHandler);
  });

  it('options of a handler suit every service', () => {
    const session = sessionWith({ clientDefaults: { requestHandler: { requestTimeout: 1234 } } });
    expect(session.client(KinesisClient).config.requestHandler.metadata?.handlerProtocol).toBe('h2');
    expect(session.client(S3Client).config.requestHandler.metadata?.handlerProtocol).toBe('http/1.1');
  });
});

describe('closing a session', () => {
  it('destroys the clients that it made, the evicted ones as well', async () => {
    const session = sessionWith({ clientCache: { maxSize: 1 } });
    const clients = [session.client(S3Client), session.client(DynamoDBClient), session.client(KinesisClient)];
    const destroyed = clients.map((client) => vi.spyOn(client, 'destroy'));
    await session.close();
    for (const destroy of destroyed) expect(destroy).toHaveBeenCalledOnce();
  });

  it('leaves a handler alone that the user brought, as a default or for one client', async () => {
    const [shared, own] = [sharedHandler(), sharedHandler()];
    const session = sessionWith({ clientDefaults: { requestHandler: shared } });
    session.client(S3Client);
    session.client(DynamoDBClient, { requestHandler: own });
    session.client(KinesisClient);
    await session.close();
    expect(shared.destroy).not.toHaveBeenCalled();
    expect(own.destroy).not.toHaveBeenCalled();
  });

  it('makes client() and the requests of its clients fail with SESSION_CLOSED', async () => {
    const { session, at } = await localSession();
    const client = session.client(S3Client, at);
    await client.send(new ListBucketsCommand({}));
    await session.close();
    expect(() => session.client(S3Client, at)).toThrow(expect.objectContaining({ code: 'SESSION_CLOSED' }));
    expect(await rejectionOf(client.send(new ListBucketsCommand({})))).toMatchObject({
      name: 'CredentialsProviderError',
      code: 'SESSION_CLOSED',
    });
  });

  it('ends a request in flight', async () => {
    const { aws, session, at } = await localSession();
    aws.inject({ service: 's3', kind: 'hang' });
    const request = rejectionOf(session.client(S3Client, { ...at, maxAttempts: 1 }).send(new ListBucketsCommand({})));
    await aws.untilCount({ service: 's3' }, 1);
    await session.close();
    expect(await request).toBeInstanceOf(Error);
  });
});
