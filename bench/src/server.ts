/** The loopback AWS in a process of its own, so that it and the load that is put on it do not share a thread. */
import {
  type Fault,
  type LocalAwsWithCredentialProvider,
  type LocalHandshakes,
  type LocalRoleAlias,
  type RequestFilter,
  startLocalAws,
} from '@brs/testkit';

const hasProvider = process.argv.includes('--credential-provider');
const aws = (await startLocalAws({ credentialProvider: hasProvider })) as LocalAwsWithCredentialProvider;
/** There only where it was asked for. */
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
  setClockOffset: (offsetMs: number): void => void (aws.clockOffsetMs = offsetMs),
};

/** And these only where there is a credential provider. */
const providerMethods = {
  putRoleAlias: (roleAlias: LocalRoleAlias): void => provider.putRoleAlias(roleAlias),
  createDevice: async (): Promise<KeyPair> => {
    const { certificate, privateKey } = await provider.createDevice();
    return { certificate, privateKey };
  },
  signCertificate: async (request: string): Promise<string> => (await provider.signCertificate(request)).certificate,
  handshakes: (): LocalHandshakes => provider.handshakes,
  endConnections: (): void => void provider.endConnections(),
};

export type ServerMethods = typeof methods;
export type ProviderMethods = typeof providerMethods;

/** One call of the other process. */
export interface ServerCall {
  readonly id: number;
  readonly method: keyof ServerMethods | keyof ProviderMethods;
  readonly args: readonly unknown[];
}

const known = { ...methods, ...providerMethods } as Record<string, (...args: readonly unknown[]) => unknown>;
process.on('message', ({ id, method, args }: ServerCall) => {
  void Promise.resolve(known[method]?.(...args)).then((result) => process.send?.({ id, result }));
});
process.once('disconnect', () => process.exit());
const { endpoint, region, baseCredentials } = aws;
process.send?.({
  endpoint,
  region,
  baseCredentials,
  ...(hasProvider && { provider: { host: provider.host, port: provider.port, ca: provider.ca } }),
});
