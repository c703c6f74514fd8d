/**
 * What the compiler knows: of methods by declaration merging, of clients and of events. Checked by `typecheck` against
 * the types that ship; never run. No strategy package is imported here, so their methods must be unknown.
 */
import { ListBucketsCommand, S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import { STSClient } from '@aws-sdk/client-sts';
import {
  type Clock,
  client,
  type Credentials,
  defineStrategy,
  type Identity,
  isSessionError,
  type MethodDefinition,
  RefreshableSession,
  type RefreshableSessionOptions,
  registerMethod,
  type SessionError,
  type SessionMethods,
  type Strategy,
} from '@brs/core';
import { expectTypeOf } from 'vitest';

/** What a strategy package declares of itself. */
interface VaultOptions {
  readonly url: string;
  readonly role?: string | undefined;
}
declare module '@brs/core' {
  interface SessionMethods {
    vault: VaultOptions;
  }
}

declare const strategy: Strategy;
declare const sessionSet: { accessKeyId: string; secretAccessKey: string; sessionToken: string };
const url = 'https://vault.example.com';

// Options of a method that is imported: typed, completed and checked, beside the session's own.
expectTypeOf<keyof SessionMethods>().toEqualTypeOf<'vault'>();
new RefreshableSession({ method: 'vault', url });
new RefreshableSession({ method: 'vault', url, role: 'reader', region: 'us-east-1', deferRefresh: false });
// @ts-expect-error -- what the method requires is missing
new RefreshableSession({ method: 'vault' });
// @ts-expect-error -- a misspelt option of the method
new RefreshableSession({ method: 'vault', url, rolle: 'reader' });
// @ts-expect-error -- an option of the wrong type
new RefreshableSession({ method: 'vault', url: 7 });
// @ts-expect-error -- a misspelt option of the session
new RefreshableSession({ method: 'vault', url, deferRefesh: false });
// @ts-expect-error -- a unit that does not exist
new RefreshableSession({ method: 'vault', url, advisoryWindowMs: 5 });
// @ts-expect-error -- one or the other
new RefreshableSession({ method: 'vault', url, strategy });

// A method whose package is not imported is none.
// @ts-expect-error -- import '@brs/sts' is missing
new RefreshableSession({ method: 'sts', assumeRole: { RoleArn: 'arn:aws:iam::123456789012:role/reader' } });
// @ts-expect-error -- and it is not the default either
new RefreshableSession({ assumeRole: { RoleArn: 'arn:aws:iam::123456789012:role/reader' } });
// @ts-expect-error -- import '@brs/custom' is missing
new RefreshableSession({ method: 'custom', source: () => ({}) });
// @ts-expect-error -- nothing says where the credentials come from
new RefreshableSession({});

// A strategy value, and nothing of a method beside it.
new RefreshableSession({ strategy, region: 'us-east-1', clientCache: { maxSize: 5, eviction: 'lfu' } });
// @ts-expect-error -- options of a method that is not there
new RefreshableSession({ strategy, url });
// @ts-expect-error -- another eviction than there is
new RefreshableSession({ strategy, clientCache: { eviction: 'fifo' } });
expectTypeOf({ strategy }).toExtend<RefreshableSessionOptions>();

// Options that may be missing may be undefined.
declare const region: string | undefined;
new RefreshableSession({ strategy, region, deferRefresh: undefined, clock: undefined as Clock | undefined });

// A method is registered with the options that its package declares.
registerMethod({
  method: 'vault',
  packageName: '@acme/brs-vault',
  create: (options: VaultOptions, { region: given, notify }) => {
    expectTypeOf(given).toEqualTypeOf<string | undefined>();
    notify({ code: 'VAULT_SEALED', message: 'Soon.' });
    return defineStrategy({ name: options.url, acquire: () => Promise.reject(new Error('x')) });
  },
});
expectTypeOf<Parameters<MethodDefinition<VaultOptions>['create']>[0]>().toEqualTypeOf<VaultOptions>();

// A strategy is checked by its parts.
defineStrategy({
  name: 'typed',
  acquire: async ({ reason, signal }) => {
    expectTypeOf(reason).toEqualTypeOf<'initial' | 'advisory' | 'mandatory' | 'forced'>();
    expectTypeOf(signal).toEqualTypeOf<AbortSignal>();
    return { accessKeyId: 'a', secretAccessKey: 'b', sessionToken: 'c', expiration: new Date() };
  },
  classify: () => ({ kind: 'terminal', hint: 'Do this.' }),
});
// @ts-expect-error -- a set without its token
defineStrategy({ name: 'half', acquire: async () => ({ accessKeyId: 'a', secretAccessKey: 'b' }) });
// @ts-expect-error -- an expiration that is a text
defineStrategy({ name: 'text', acquire: async () => ({ ...sessionSet, expiration: '2026-01-01' }) });
// @ts-expect-error -- a terminal failure says what to do
defineStrategy({ name: 'mute', acquire: strategy.acquire, classify: () => ({ kind: 'terminal' }) });
// @ts-expect-error -- the contract version is core's word
defineStrategy({ name: 'versioned', acquire: strategy.acquire, contractVersion: 1 });

// Clients are what they are called, and their configuration is theirs.
const session = new RefreshableSession({ strategy });
expectTypeOf(session.client(S3Client)).toEqualTypeOf<S3Client>();
expectTypeOf(session.client(STSClient, { region: 'eu-west-1' })).toEqualTypeOf<STSClient>();
expectTypeOf(client(S3Client, { forcePathStyle: true })).toEqualTypeOf<S3Client>();
session.client(S3Client, { forcePathStyle: true, maxAttempts: 2, requestHandler: { requestTimeout: 1000 } });
void session.client(S3Client).send(new ListBucketsCommand({}));
// @ts-expect-error -- a misspelt key
session.client(S3Client, { forcePathStile: true });
// @ts-expect-error -- an option of another service's client
session.client(STSClient, { forcePathStyle: true });
// @ts-expect-error -- a value of another type
session.client(S3Client, { forcePathStyle: 'yes' });
// @ts-expect-error -- the session's credentials are the point
session.client(S3Client, { credentials: { accessKeyId: 'a', secretAccessKey: 'b' } });
// @ts-expect-error -- and of the default session too
client(S3Client, { credentials: session.credentials });
// @ts-expect-error -- a client instead of its class
session.client(new S3Client());
// @ts-expect-error -- a command
session.client(ListBucketsCommand);

// The provider fits every client, and so does a set.
const config: S3ClientConfig = { credentials: session.credentials };
new S3Client(config);
new STSClient({ credentials: await session.getCredentials() });
expectTypeOf(session.getCredentials()).resolves.toEqualTypeOf<Credentials>();
expectTypeOf(session.refresh()).resolves.toEqualTypeOf<Credentials>();
expectTypeOf(session.whoami()).resolves.toEqualTypeOf<Identity>();
expectTypeOf(session.toEnv()).resolves.toEqualTypeOf<Record<string, string>>();
expectTypeOf(session).toExtend<AsyncDisposable>();
// @ts-expect-error -- a set cannot be changed
(await session.getCredentials()).sessionToken = 'x';

// Events by name.
expectTypeOf(session.on('closed', () => undefined)).toEqualTypeOf<() => void>();
// `close()` waits for these.
session.on('closing', () => Promise.resolve());
session.on('closing', () => undefined);
session.on('refreshFailed', ({ error, terminal, nextTryAt, hint, attempt, method }) => {
  expectTypeOf(error).toEqualTypeOf<SessionError>();
  expectTypeOf(terminal).toEqualTypeOf<boolean>();
  expectTypeOf(nextTryAt).toEqualTypeOf<Date>();
  expectTypeOf(hint).toEqualTypeOf<string | undefined>();
  expectTypeOf(attempt).toEqualTypeOf<number>();
  expectTypeOf(method).toEqualTypeOf<string>();
});
// @ts-expect-error -- no such event
session.on('refreshFialed', () => undefined);
// @ts-expect-error -- no such field of this event
session.on('closed', ({ error }) => error);

// Errors are a closed set: a switch over their codes is complete.
declare const caught: unknown;
if (isSessionError(caught)) {
  switch (caught.code) {
    case 'INVALID_OPTIONS':
      expectTypeOf(caught.option).toEqualTypeOf<string>();
      break;
    case 'CREDENTIALS_DENIED':
    case 'CREDENTIALS_EXPIRED':
    case 'INVALID_CREDENTIALS':
    case 'INVALID_STRATEGY':
    case 'METHOD_CONFLICT':
    case 'NO_DEFAULT_SESSION':
    case 'REFRESH_FAILED':
    case 'REFRESH_TIMEOUT':
    case 'SESSION_CLOSED':
    case 'UNKNOWN_METHOD':
      expectTypeOf(caught.hint).toEqualTypeOf<string | undefined>();
      break;
    default:
      expectTypeOf(caught).toBeNever();
  }
}
