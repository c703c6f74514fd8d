import { once } from 'node:events';
import { request } from 'node:https';
import { startLocalAws } from '@brs/testkit';
import { expect, test } from 'vitest';
import { startGateway } from './gateway.js';

test('a WebSocket that nobody has signed does not get through', async () => {
  await using aws = await startLocalAws({ credentialProvider: true });
  const { ca, createServerCertificate } = aws.credentialProvider;
  const gateway = await startGateway(await createServerCertificate({ names: ['localhost'] }), 1, aws);
  const asked = request({
    host: 'localhost',
    port: gateway.port,
    path: '/mqtt',
    ca,
    headers: { connection: 'upgrade', upgrade: 'websocket' },
    agent: false,
  });
  asked.end();
  const [response] = await once(asked, 'response');
  expect(response).toMatchObject({ statusCode: 403 });
  await gateway.close();
});
