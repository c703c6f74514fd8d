/** What the compiler knows of clients and their options. Checked by `typecheck`; never run. */
import type { RefreshableSession } from '@brs/core';
import type { mqtt as mqtt3, mqtt5 } from 'aws-iot-device-sdk-v2';
import { expectTypeOf } from 'vitest';
import {
  type IdentityRefused,
  mqtt,
  mqtt311,
  type SessionMqttClient,
  type SessionMqttConnection,
} from '../src/index.js';

declare const session: RefreshableSession;
const endpoint = 'a1-ats.iot.eu-west-1.amazonaws.com';

// They go wherever the library's own do, and into `await using`.
expectTypeOf<SessionMqttClient>().toExtend<mqtt5.Mqtt5Client & AsyncDisposable>();
expectTypeOf<SessionMqttConnection>().toExtend<mqtt3.MqttClientConnection & AsyncDisposable>();

const client = await mqtt(session, {
  endpoint,
  minReconnectDelayMs: 1000,
  connectProperties: { sessionExpiryIntervalSeconds: 60 },
});
client.on('identityRefused', (event) => expectTypeOf(event).toEqualTypeOf<IdentityRefused>());
client.on('messageReceived', ({ message }) => expectTypeOf(message).toEqualTypeOf<mqtt5.PublishPacket>());
await mqtt311(session, { endpoint, clientId: 'pump-7', clean_session: false });

// @ts-expect-error -- no event of the client
client.on('connected', () => {});
// @ts-expect-error -- what the endpoint, the identity and the transport decide is no option
await mqtt(session, { endpoint, hostName: endpoint });
// @ts-expect-error -- an option of MQTT 5
await mqtt311(session, { endpoint, clientId: 'pump-7', minReconnectDelayMs: 1000 });
// @ts-expect-error -- the client id is required
await mqtt311(session, { endpoint });
