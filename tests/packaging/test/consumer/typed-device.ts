// The types of the packed packages, as a program on a device sees them.
import { RefreshableSession, type TlsIdentity } from '@brs/core';
import { IotError, type IotErrorCode, pem, type PemIdentity, pkcs12 } from '@brs/iot-x509';

const provider = {
  method: 'iot-x509',
  endpoint: 'c2example0.credentials.iot.eu-west-1.amazonaws.com',
  roleAlias: 'device',
} as const;
const identity: PemIdentity = pem({ certificate: '/cert.pem', privateKey: '/key.pem', passphrase: async () => '' });
const session = new RefreshableSession({ ...provider, certificate: new Uint8Array(), privateKey: '/key.pem' });
new RefreshableSession({ ...provider, identity });
new RefreshableSession({ ...provider, identity: pkcs12({ file: '/device.p12', passphrase: '' }) });
// @ts-expect-error -- nothing says who the device is
new RefreshableSession(provider);

export const tls: TlsIdentity | undefined = session.tlsIdentity;
export function codeOf(error: unknown): IotErrorCode | undefined {
  return error instanceof IotError ? error.code : undefined;
}
