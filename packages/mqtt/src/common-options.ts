/** The options that both protocol versions share, and how they are checked and completed. */
import {
  checkOptions,
  describeType,
  InvalidOptionsError,
  type OptionRule,
  type RefreshableSession,
  rule,
  type TlsIdentity,
  tlsIdentityRule,
} from '@brs/core';
import type { io } from 'aws-iot-device-sdk-v2';
import { endpointRule, regionOf } from './endpoint.js';
import { proxyRule } from './proxy.js';
import { member } from './rules.js';

/** How the connection is authenticated. */
export type MqttTransport = 'x509' | 'websocket';

/** Where to connect and as whom. */
export interface ConnectionOptions {
  /**
   * The data endpoint, without scheme and port: `a1b2c3-ats.iot.eu-west-1.amazonaws.com`, or a host name of your own.
   * It is the name that the server's certificate is verified against.
   */
  readonly endpoint: string;
  /**
   * `'x509'`: mutual TLS with a device certificate. `'websocket'`: MQTT over WebSockets, signed with the session's
   * credentials afresh at every connect and reconnect. Default: `'x509'` where there is an identity, else `'websocket'`.
   */
  readonly transport?: MqttTransport | undefined;
  /** The device's certificate and key for `'x509'`. Default: `session.tlsIdentity`. */
  readonly identity?: TlsIdentity | undefined;
  /** The region for the signature of `'websocket'`. Default: the one in the endpoint; required where it names none. */
  readonly region?: string | undefined;
  /** 1 to 65535. Default: 8883 for `'x509'`, 443 for `'websocket'`. */
  readonly port?: number | undefined;
  /** The authorities that the server is verified against: PEM text, its bytes, or the path of a file. Default: the platform's. */
  readonly ca?: string | Uint8Array | undefined;
  /**
   * The protocol to ask for in the TLS handshake of `'x509'` (ALPN); `false` asks for none. Default: `x-amzn-mqtt-ca` on
   * port 443, where IoT Core needs it, and none on any other port.
   */
  readonly alpn?: string | false | undefined;
  /**
   * Versions and ciphers of TLS: a member of the library's `io.TlsCipherPreference`. Default: `TLSv1_2_2025_07`, TLS 1.2
   * and 1.3, where the platform has it. With a PKCS#11 key, TLS 1.2 alone; leave it out there: RSA keys fail with others.
   */
  readonly tlsCipherPreference?: io.TlsCipherPreference | undefined;
  /** An HTTP proxy to tunnel through: `http://proxy.example.com:3128`, with user and password if it wants them. Default: none. */
  readonly proxy?: string | undefined;
}

/** What the options come to. */
export type Connection =
  | { readonly transport: 'x509'; readonly port: number; readonly identity: TlsIdentity; readonly alpn: string | false }
  | { readonly transport: 'websocket'; readonly port: number; readonly region: string };

/** The rules of {@link ConnectionOptions}. */
export const connectionRules: Readonly<Record<keyof ConnectionOptions, OptionRule>> = {
  endpoint: endpointRule,
  transport: rule.oneOf('x509', 'websocket'),
  identity: tlsIdentityRule,
  region: rule.string,
  port: (value) =>
    Number.isInteger(value) && (value as number) > 0 && (value as number) < 65_536
      ? undefined
      : `must be a port from 1 to 65535, got ${describeType(value)}`,
  ca: (value) =>
    value instanceof Uint8Array || (typeof value === 'string' && value !== '')
      ? undefined
      : `must be PEM text, its bytes, or a path, got ${describeType(value)}`,
  alpn: (value) => (value === false ? undefined : rule.string(value, 'alpn')),
  // Which of them a platform has, differs.
  tlsCipherPreference: member(255),
  proxy: proxyRule,
};

/**
 * Checks all options of a client and says what they come to.
 *
 * @throws {@link InvalidOptionsError} (`INVALID_OPTIONS`)
 */
export function checkConnection(
  session: RefreshableSession,
  options: ConnectionOptions,
  rules: Readonly<Record<string, OptionRule>>,
  required: readonly string[],
): Connection {
  const problem = rule.object(options, 'options');
  if (problem) throw new InvalidOptionsError('options', problem);
  checkOptions(options, { ...connectionRules, ...rules }, { required });
  const { endpoint, identity = session.tlsIdentity, transport = identity ? 'x509' : 'websocket' } = options;
  if (transport === 'websocket') {
    for (const option of ['identity', 'alpn'] as const) {
      if (options[option]) throw new InvalidOptionsError(option, "is for the transport 'x509'");
    }
    const { port = 443, region = regionOf(endpoint) } = options;
    if (region) return { transport, port, region };
    const why = "is required for the transport 'websocket' at an endpoint that names no region";
    throw new InvalidOptionsError('region', why);
  }
  if (!identity) {
    const why = "is 'x509', and there is no TLS identity: neither the session's nor the option `identity`";
    throw new InvalidOptionsError('transport', why);
  }
  if (options.region) {
    throw new InvalidOptionsError('region', "is for the signature of the transport 'websocket'");
  }
  const { port = 8883, alpn = port === 443 && 'x-amzn-mqtt-ca' } = options;
  return { transport, port, identity, alpn };
}
