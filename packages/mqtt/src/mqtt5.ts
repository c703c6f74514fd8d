/** MQTT 5: the library's own client, made for a session. */
import { type OptionRule, type RefreshableSession, rule } from '@brs/core';
import type { mqtt5 } from 'aws-iot-device-sdk-v2';
import { manageClient } from './client-lifecycle.js';
import type { ConnectionOptions } from './common-options.js';
import type { SessionBound } from './events.js';
import { defined, prepare } from './prepare.js';
import { member, ofLibrary, textOrBytes, uint16, userProperties, whole } from './rules.js';

type LibraryOptions = Omit<
  mqtt5.Mqtt5ClientConfig,
  'hostName' | 'port' | 'tlsCtx' | 'websocketHandshakeTransform' | 'connectProperties'
>;

/** The options of {@link mqtt}: where and as whom, and every other option of the library's `Mqtt5ClientConfig`. */
export interface MqttOptions extends ConnectionOptions, LibraryOptions {
  /** The client id; no other client of the account may have it. Default: the service makes one up, and none is kept. */
  readonly clientId?: string | undefined;
  /**
   * The rest of the CONNECT packet: `will`, `sessionExpiryIntervalSeconds`, `keepAliveIntervalSeconds` (default 1200, as in
   * the device SDK), `username`, `userProperties`, ….
   */
  readonly connectProperties?: Partial<Omit<mqtt5.ConnectPacket, 'type' | 'clientId'>> | undefined;
}

/** The library's client, and what this package adds to it. */
export type SessionMqttClient = mqtt5.Mqtt5Client & SessionBound;

const willRules: Record<
  keyof Omit<mqtt5.PublishPacket, 'type' | 'subscriptionIdentifiers' | 'topicAlias'>,
  OptionRule
> = {
  topicName: rule.string,
  payload: rule.any,
  qos: member(2),
  retain: rule.boolean,
  payloadFormat: member(1),
  messageExpiryIntervalSeconds: whole('seconds'),
  responseTopic: rule.string,
  correlationData: textOrBytes,
  contentType: rule.string,
  userProperties,
};

const connectRules: Record<keyof NonNullable<MqttOptions['connectProperties']>, OptionRule> = {
  keepAliveIntervalSeconds: whole('seconds', uint16),
  username: rule.string,
  password: textOrBytes,
  sessionExpiryIntervalSeconds: whole('seconds'),
  requestResponseInformation: rule.boolean,
  requestProblemInformation: rule.boolean,
  receiveMaximum: whole('messages', uint16),
  maximumPacketSizeBytes: whole('bytes'),
  willDelayIntervalSeconds: whole('seconds'),
  will: rule.shape(willRules, ['topicName', 'qos']),
  userProperties,
};

const rules: Record<keyof LibraryOptions | 'clientId' | 'connectProperties', OptionRule> = {
  clientId: rule.string,
  connectProperties: rule.shape(connectRules),
  sessionBehavior: member(3),
  retryJitterMode: member(3),
  minReconnectDelayMs: whole('milliseconds'),
  maxReconnectDelayMs: whole('milliseconds'),
  minConnectedTimeToResetReconnectDelayMs: whole('milliseconds'),
  connackTimeoutMs: whole('milliseconds'),
  pingTimeoutMs: whole('milliseconds'),
  ackTimeoutSeconds: whole('seconds'),
  offlineQueueBehavior: member(3),
  extendedValidationAndFlowControlOptions: member(1),
  topicAliasingOptions: rule.object,
  socketOptions: ofLibrary('io.SocketOptions', 'native_handle'),
  httpProxyOptions: ofLibrary('http.HttpProxyOptions', 'create_native_handle'),
  clientBootstrap: ofLibrary('io.ClientBootstrap', 'native_handle'),
  disableMetrics: rule.boolean,
  metrics: rule.object,
};

/**
 * An MQTT 5 client of the AWS IoT Device SDK, ready for `start()`, that connects as the session's device or with the
 * session's credentials. It is the SDK's own `Mqtt5Client`: its events, its reconnecting, its queue.
 *
 * - Credentials that are rotated cut nothing. When the service closes a WebSocket, the next handshake is signed anew.
 * - A handshake that is refused makes the session replace its token, at most once in five minutes.
 * - `session.close()` disposes of the client.
 *
 * @example
 * ```ts
 * const client = await mqtt(session, { endpoint: 'a1b2c3-ats.iot.eu-west-1.amazonaws.com', clientId: 'pump-7' });
 * client.on('connectionFailure', ({ error }) => console.warn(error.error_name));
 * client.on('messageReceived', ({ message }) => console.log(message.topicName));
 * client.start();
 * await client.subscribe({ subscriptions: [{ topicFilter: 'pumps/7/#', qos: 1 }] });
 * await client.publish({ topicName: 'pumps/7/state', qos: 1, payload: 'on' });
 * ```
 *
 * @throws {@link InvalidOptionsError} (`INVALID_OPTIONS`) for an option that is unknown, missing, bad or in conflict.
 * @throws {@link SessionClosedError} (`SESSION_CLOSED`) after `session.close()`.
 * @throws What the identity throws: a PIN that was refused, a key that is not there, files that cannot be read.
 */
export async function mqtt(session: RefreshableSession, options: MqttOptions): Promise<SessionMqttClient> {
  const prepared = await prepare(session, options, rules, []);
  const { sdk, tlsContext, handshake, httpProxy, library } = prepared;
  const { clientId, connectProperties, ...settings } = library as Partial<MqttOptions>;
  const client = new sdk.mqtt5.Mqtt5Client({
    extendedValidationAndFlowControlOptions: sdk.mqtt5.ClientExtendedValidationAndFlowControl.AwsIotCoreDefaults,
    ...(settings as LibraryOptions),
    ...defined({ httpProxyOptions: httpProxy }),
    hostName: options.endpoint,
    port: prepared.port,
    tlsCtx: tlsContext,
    connectProperties: { keepAliveIntervalSeconds: 1200, ...defined({ ...connectProperties, clientId }) },
    ...(handshake && { websocketHandshakeTransform: handshake.transform }),
  });
  const dispose = manageClient(client, session, handshake);
  const check = prepared.watch(client, () => {
    // It may have been closed meanwhile.
    if (client._handle) client.stop();
  });
  client.on('connectionFailure', ({ error }) => check(error.error_name));
  client.on('disconnection', () => check());
  return Object.assign(client, { [Symbol.asyncDispose]: dispose }) as SessionMqttClient;
}
