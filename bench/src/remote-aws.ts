/** The loopback AWS that runs in another process, as if it ran in this one. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { LocalCredentials } from '@brs/testkit';
import { cleanEnvironment } from './environment.js';
import type { ProviderMethods, ServerCall, ServerMethods } from './server.js';

interface Address {
  readonly endpoint: string;
  readonly region: string;
  readonly baseCredentials: LocalCredentials;
}

type Remote<Methods> = {
  readonly [Name in keyof Methods]: Methods[Name] extends (...args: infer Args) => infer Result
    ? (...args: Args) => Promise<Awaited<Result>>
    : never;
};

/** Its address, and its methods as asynchronous ones. */
export interface RemoteAws extends Address, Remote<ServerMethods>, AsyncDisposable {}

/** The same with the credential provider for devices. */
export interface RemoteAwsWithProvider extends RemoteAws, Remote<ProviderMethods> {
  readonly provider: { readonly host: string; readonly port: number; readonly ca: string };
}

/** Starts it; the credential provider only where it is asked for, because nothing else needs its authorities and its TLS. */
export async function startRemoteAws(options: { readonly credentialProvider: true }): Promise<RemoteAwsWithProvider>;
export async function startRemoteAws(): Promise<RemoteAws>;
export async function startRemoteAws({ credentialProvider = false } = {}): Promise<RemoteAws | RemoteAwsWithProvider> {
  const args = credentialProvider ? ['--credential-provider'] : [];
  const server = fork(new URL('server.js', import.meta.url), args, {
    env: cleanEnvironment(),
    serialization: 'advanced',
  });
  const [address] = (await once(server, 'message')) as [Address];
  const waiting = new Map<number, (result: unknown) => void>();
  let lastId = 0;
  server.on('message', ({ id, result }: { id: number; result: unknown }) => {
    waiting.get(id)?.(result);
    waiting.delete(id);
  });
  const method =
    (name: ServerCall['method']) =>
    (...args: readonly unknown[]): Promise<never> =>
      new Promise((resolve) => {
        waiting.set(++lastId, resolve as (result: unknown) => void);
        server.send({ id: lastId, method: name, args } satisfies ServerCall);
      });
  return {
    ...address,
    count: method('count'),
    clearRequests: method('clearRequests'),
    inject: method('inject'),
    revokeAll: method('revokeAll'),
    setClockOffset: method('setClockOffset'),
    putRoleAlias: method('putRoleAlias'),
    createDevice: method('createDevice'),
    signCertificate: method('signCertificate'),
    handshakes: method('handshakes'),
    endConnections: method('endConnections'),
    async [Symbol.asyncDispose]() {
      server.disconnect();
      await once(server, 'exit');
    },
  };
}
