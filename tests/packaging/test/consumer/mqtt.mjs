// Makes clients with the packed package, in both module systems, and lets the process end by itself.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { defineStrategy, RefreshableSession } from '@brs/core';
import * as esm from '@brs/mqtt';

const commonjs = createRequire(import.meta.url)('@brs/mqtt');
const strategy = defineStrategy({ name: 'none', acquire: async () => assert.fail('nobody connects') });
const session = new RefreshableSession({ strategy });
for (const { mqtt, mqtt311 } of [esm, commonjs]) {
  const options = { endpoint: 'a1-ats.iot.eu-west-1.amazonaws.com', clientId: 'consumer' };
  const client = await mqtt(session, options);
  assert.equal(client.constructor.name, 'Mqtt5Client');
  assert.equal((await mqtt311(session, options)).constructor.name, 'MqttClientConnection');
  await assert.rejects(mqtt(session, {}), { code: 'INVALID_OPTIONS' });
}
await session.close();
console.log('works');
