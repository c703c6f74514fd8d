/** MQTT 3.1.1: the library's own connection, made for a session. */
import { type OptionRule, type RefreshableSession, rule } from '@brs/core';
import type { mqtt } from 'aws-iot-device-sdk-v2';
import type { ConnectionOptions } from './common-options.js';
import { manageConnection } from './connection-lifecycle.js';
import type { SessionBound } from './events.js';
import { defined, prepare } from './prepare.js';
import { member, ofLibrary, textOrBytes, uint16, whole } from './rules.js';

type LibraryOptions = Partial<
  Omit<
    mqtt.MqttConnectionConfig,
    'client_id' | 'host_name' | 'port' | 'tls_ctx' | 'use_websocket' | 'websocket_handshake_transform'
  >
>;

/** The options of {@link mqtt311}: where and as whom, and every other option of the library's `MqttConnectionConfig`. */
export interface Mqtt311Options extends ConnectionOptions, LibraryOptions {
  /** The client id; no other client of the account may have it. */
  readonly clientId: string;
}

/** The library's connection, and what this package adds to it. */
export type SessionMqttConnection = mqtt.MqttClientConnection & SessionBound;

const rules: Record<keyof LibraryOptions | 'clientId', OptionRule> = {
  clientId: rule.string,
  clean_session: rule.boolean,
  keep_alive: whole('seconds', uint16),
  ping_timeout: whole('milliseconds'),
  protocol_operation_timeout: whole('milliseconds'),
  reconnect_min_sec: whole('seconds'),
  reconnect_max_sec: whole('seconds'),
  will: rule.shape({ topic: rule.string, qos: member(2), payload: rule.any, retain: rule.boolean }, ['topic', 'qos']),
  username: rule.string,
  password: textOrBytes,
  socket_options: ofLibrary('io.SocketOptions', 'native_handle'),
  proxy_options: ofLibrary('http.HttpProxyOptions', 'create_native_handle'),
  disable_metrics: rule.boolean,
  metrics: rule.object,
};

/**
 * An MQTT 3.1.1 connection of the AWS IoT Device SDK, ready for `connect()`; otherwise like {@link mqtt}. A first
 * `connect()` that fails is not repeated by the SDK: call it again. A connection that was there once is kept up.
 *
 * @example
 * ```ts
 * await using connection = await mqtt311(session, {
 *   endpoint: 'a1b2c3-ats.iot.eu-west-1.amazonaws.com',
 *   clientId: 'pump-7',
 *   clean_session: false,
 * });
 * await connection.connect();
 * await connection.publish('pumps/7/state', 'on', 1);
 * ```
 *
 * @throws What {@link mqtt} throws.
 */
export async function mqtt311(session: RefreshableSession, options: Mqtt311Options): Promise<SessionMqttConnection> {
  const prepared = await prepare(session, options, rules, ['clientId']);
  const { sdk, tlsContext, handshake, httpProxy, library } = prepared;
  const { clientId: _, ...settings } = library as Partial<Mqtt311Options>;
  const connection = new sdk.mqtt.MqttClient().new_connection({
    socket_options: new sdk.io.SocketOptions(),
    ...(settings as LibraryOptions),
    ...defined({ proxy_options: httpProxy }),
    client_id: options.clientId,
    host_name: options.endpoint,
    port: prepared.port,
    tls_ctx: tlsContext,
    ...(handshake && { use_websocket: true, websocket_handshake_transform: handshake.transform }),
  });
  const dispose = manageConnection(connection, session, handshake);
  const check = prepared.watch(connection, () => void dispose());
  connection.on('connection_failure', ({ error }) => check(error.error_name));
  connection.on('interrupt', () => check());
  return Object.assign(connection, { [Symbol.asyncDispose]: dispose }) as SessionMqttConnection;
}
