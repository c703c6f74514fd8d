/** Certificates of devices and servers, from the loopback AWS, and identities over them. */
import type { PemMaterial, PemTlsIdentity } from '@brs/core';
import { type LocalCredentialProvider, startLocalAws } from '@brs/testkit';

/** The authorities of the loopback AWS. They are all that is used of it, so it is closed again at once. */
export interface Certificates {
  /** What clients must trust. */
  readonly serverCa: string;
  /** What brokers must trust. */
  readonly deviceCa: string;
  readonly server: PemMaterial;
  createDevice(keyType?: 'ec' | 'rsa'): Promise<PemMaterial>;
  /** The certificate for a request (PKCS#10) in PEM. */
  signCertificate(request: string): Promise<string>;
}

export async function createCertificates(): Promise<Certificates> {
  await using aws = await startLocalAws({ credentialProvider: true });
  const provider: LocalCredentialProvider = aws.credentialProvider;
  return {
    serverCa: provider.ca,
    deviceCa: provider.deviceCa,
    server: await provider.createServerCertificate({ names: ['localhost', '127.0.0.1'] }),
    createDevice: (keyType = 'ec') => provider.createDevice({ keyType }),
    signCertificate: async (request) => (await provider.signCertificate(request)).certificate,
  };
}

/** An identity whose pair can be replaced, and that can be made to fail. */
export function pemIdentity(pair: PemMaterial): PemTlsIdentity & { pair: PemMaterial; failure: Error | undefined } {
  const identity = {
    kind: 'pem' as const,
    pair,
    failure: undefined as Error | undefined,
    read: async () => {
      if (identity.failure) throw identity.failure;
      return identity.pair;
    },
    classify: (error: unknown) =>
      error === identity.failure ? ({ kind: 'terminal', hint: 'Unlock the token.' } as const) : undefined,
  };
  return identity;
}
