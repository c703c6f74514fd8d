/** What the compiler knows of `method: 'iot-x509'` where the package is imported. Checked by `typecheck`; never run. */
import { RefreshableSession, type SessionMethods, type TlsIdentity } from '@brs/core';
import { expectTypeOf } from 'vitest';
import { type IotError, type IotErrorCode, type IotX509Options, pem, pkcs12 } from '../src/index.js';

expectTypeOf<SessionMethods['iot-x509']>().toEqualTypeOf<IotX509Options>();

const provider = { method: 'iot-x509', endpoint: 'host', roleAlias: 'device' } as const;
const pair = { certificate: '/cert.pem', privateKey: '/key.pem' };
declare const identity: TlsIdentity;

new RefreshableSession({ ...provider, ...pair });
new RefreshableSession({ ...provider, ...pair, passphrase: () => 'open', region: 'eu-west-1' });
new RefreshableSession({ ...provider, certificate: new Uint8Array(), privateKey: Buffer.from('') });
new RefreshableSession({ ...provider, identity });
new RefreshableSession({ ...provider, identity: pem({ ...pair, passphrase: async () => 'open' }) });
new RefreshableSession({ ...provider, identity: pkcs12({ file: '/device.p12', passphrase: 'open' }) });
new RefreshableSession({
  ...provider,
  ...pair,
  thingName: 'lamp',
  durationSeconds: 900,
  ca: '/ca.pem',
  port: 8443,
  timeoutMs: 5000,
  minTlsVersion: 'TLSv1.3',
  proxy: 'http://proxy.example.com:3128',
  dangerouslyDisableServerVerification: true,
});

expectTypeOf(new RefreshableSession({ ...provider, identity }).tlsIdentity?.expiresAt).toEqualTypeOf<
  Date | undefined
>();
expectTypeOf<IotError['code']>().toEqualTypeOf<IotErrorCode>();

// @ts-expect-error -- no device
new RefreshableSession(provider);
// @ts-expect-error -- half a pair
new RefreshableSession({ ...provider, certificate: '/cert.pem' });
// @ts-expect-error -- both
new RefreshableSession({ ...provider, ...pair, identity });
// @ts-expect-error -- a passphrase belongs to a pair
new RefreshableSession({ ...provider, identity, passphrase: 'open' });
// @ts-expect-error -- misspelt
new RefreshableSession({ ...provider, ...pair, thing: 'lamp' });
// @ts-expect-error -- too old
new RefreshableSession({ ...provider, ...pair, minTlsVersion: 'TLSv1.1' });
// @ts-expect-error -- no endpoint
new RefreshableSession({ method: 'iot-x509', roleAlias: 'device', ...pair });
