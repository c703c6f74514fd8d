import { RefreshableSession } from '@brs/core';
import { expect, it } from 'vitest';
import { pemIdentity } from '../test/support/devices.js';
import { Issuer } from '../test/support/issuer.js';
import { checkConnection, type ConnectionOptions } from './common-options.js';

const endpoint = 'a1b2c3-ats.iot.eu-west-1.amazonaws.com';
const identity = pemIdentity({ certificate: 'certificate', privateKey: 'key' });

it.each<[Partial<ConnectionOptions>, object]>([
  [{ identity }, { transport: 'x509', port: 8883, alpn: false, identity }],
  [
    { identity, port: 443 },
    { transport: 'x509', port: 443, alpn: 'x-amzn-mqtt-ca', identity },
  ],
  [
    { identity, port: 443, alpn: false },
    { transport: 'x509', port: 443, alpn: false, identity },
  ],
  [
    { identity, port: 443, alpn: 'mqtt' },
    { transport: 'x509', port: 443, alpn: 'mqtt', identity },
  ],
  [
    { identity, port: 9000 },
    { transport: 'x509', port: 9000, alpn: false, identity },
  ],
  [{}, { transport: 'websocket', port: 443, region: 'eu-west-1' }],
  [{ port: 8443 }, { transport: 'websocket', port: 8443, region: 'eu-west-1' }],
  [{ region: 'us-east-1' }, { transport: 'websocket', port: 443, region: 'us-east-1' }],
])('%o is taken as %o', async (options, connection) => {
  await using session = new RefreshableSession({ strategy: new Issuer().strategy() });
  expect(checkConnection(session, { endpoint, ...options }, {}, [])).toEqual(connection);
});
