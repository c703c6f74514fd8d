/** The loopback AWS that runs in another process, as if it ran in this one. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { LocalCredentials } from '@brs/testkit';
import { cleanEnvironment } from './environment.js';
import type { ServerCall, ServerMethods } from './server.js';

interface Address {
  readonly endpoint: string;
  readonly region: string;
  readonly baseCredentials: LocalCredentials;
  /** Its credential provider for devices. */
  readonly provider: { readonly host: string; readonly port: number; readonly ca: string };
}

type Remote<Methods> = {
  readonly [Name in keyof Methods]: Methods[Name] extends (...args: infer Args) => infer Result
    ? (...args: Args) => Promise<Awaited<Result>>
    : never;
};

/** Its address, and its methods as asynchronous ones. */
export interface RemoteAws extends Address, Remote<ServerMethods>, AsyncDisposable {}

export async function startRemoteAws(): Promise<RemoteAws> {
  const server = fork(new URL('server.js', import.meta.url), [], {
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
    putRoleAlias: method('putRoleAlias'),
    createDevice: method('createDevice'),
    signCertificate: method('signCertificate'),
    handshakes: method('handshakes'),
    endConnections: method('endConnections'),
    setClockOffset: method('setClockOffset'),
    async [Symbol.asyncDispose]() {
      server.disconnect();
      await once(server, 'exit');
    },
  };
}
