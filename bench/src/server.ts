/** The loopback AWS in a process of its own, so that it and the load that is put on it do not share a thread. */
import { type Fault, type LocalHandshakes, type LocalRoleAlias, type RequestFilter, startLocalAws } from '@brs/testkit';

const aws = await startLocalAws({ credentialProvider: true });
const { credentialProvider: provider } = aws;

/** A device's certificate and its key, in PEM. */
interface KeyPair {
  readonly certificate: string;
  readonly privateKey: string;
}

/** What the other process may call. */
const methods = {
  count: (filter: RequestFilter): number => aws.count(filter),
  clearRequests: (): void => aws.clearRequests(),
  inject: (fault: Fault): void => void aws.inject(fault),
  revokeAll: (): number => aws.revokeAll(),
  putRoleAlias: (roleAlias: LocalRoleAlias): void => provider.putRoleAlias(roleAlias),
  createDevice: async (): Promise<KeyPair> => {
    const { certificate, privateKey } = await provider.createDevice();
    return { certificate, privateKey };
  },
  signCertificate: async (request: string): Promise<string> => (await provider.signCertificate(request)).certificate,
  handshakes: (): LocalHandshakes => provider.handshakes,
  endConnections: (): void => void provider.endConnections(),
  setClockOffset: (offsetMs: number): void => void (aws.clockOffsetMs = offsetMs),
};

export type ServerMethods = typeof methods;

/** One call of the other process. */
export interface ServerCall {
  readonly id: number;
  readonly method: keyof ServerMethods;
  readonly args: readonly unknown[];
}

process.on('message', ({ id, method, args }: ServerCall) => {
  const call = methods[method] as (...args: readonly unknown[]) => unknown;
  void Promise.resolve(call(...args)).then((result) => process.send?.({ id, result }));
});
process.once('disconnect', () => process.exit());
const { endpoint, region, baseCredentials } = aws;
const { host, port, ca } = provider;
process.send?.({ endpoint, region, baseCredentials, provider: { host, port, ca } });
