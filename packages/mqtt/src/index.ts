export { mqtt, type MqttOptions, type SessionMqttClient } from './mqtt5.js';
export { mqtt311, type Mqtt311Options, type SessionMqttConnection } from './mqtt311.js';
export type { ConnectionOptions, MqttTransport } from './common-options.js';
export type { IdentityRefused, SessionBound } from './events.js';
