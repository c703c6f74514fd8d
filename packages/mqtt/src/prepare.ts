/** What both protocol versions need before there is a client: checked options, the SDK, a TLS context, signatures. */
import type { EventEmitter } from 'node:events';
import {
  describeType,
  InvalidOptionsError,
  materialOf,
  type OptionRule,
  type RefreshableSession,
  SessionClosedError,
} from '@brs/core';
import type { http, io } from 'aws-iot-device-sdk-v2';
import { checkConnection, connectionRules, type ConnectionOptions } from './common-options.js';
import { type Handshake, handshake } from './handshake.js';
import { watchIdentity } from './identity-watch.js';
import { proxyOptions } from './proxy.js';
import { onFailedHandshake } from './rejected-handshake.js';
import { loadSdk, type Sdk } from './sdk.js';
import { readAuthorities, tlsContext } from './tls-context.js';

/** Everything for the making of a client. */
export interface Prepared {
  readonly sdk: Sdk;
  readonly port: number;
  readonly tlsContext: io.ClientTlsContext;
  /** For the transport `websocket`. */
  readonly handshake: Handshake | undefined;
  readonly httpProxy: http.HttpProxyOptions | undefined;
  /** The options that are the library's own. */
  readonly library: object;
  /** Gives what is to be called, with the name of the error, when a connection was lost or failed. */
  watch(client: EventEmitter, stop: () => void): (errorName?: string) => void;
}

/** The properties that have a value. */
export function defined<Values extends object>(values: Values): { [Name in keyof Values]: NonNullable<Values[Name]> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as never;
}

/** Throws what `mqtt()` documents. */
export async function prepare(
  session: RefreshableSession,
  options: ConnectionOptions,
  rules: Readonly<Record<string, OptionRule>>,
  required: readonly string[],
): Promise<Prepared> {
  if (typeof (session as Partial<RefreshableSession> | null | undefined)?.status !== 'function') {
    throw new InvalidOptionsError('session', `must be a RefreshableSession, got ${describeType(session)}`);
  }
  if (session.status().closed) throw new SessionClosedError('The session is closed.');
  const connection = checkConnection(session, options, rules, ['endpoint', ...required]);
  const identity = connection.transport === 'x509' ? connection.identity : undefined;
  const own = Object.entries(options).filter(([name]) => !Object.hasOwn(connectionRules, name));
  const library = defined(Object.fromEntries(own));
  for (const name of ['httpProxyOptions', 'proxy_options']) {
    if (options.proxy && name in library) throw new InvalidOptionsError(name, 'cannot be given beside `proxy`');
  }
  const [authorities, material, sdk] = await Promise.all([
    options.ca ? readAuthorities(options.ca) : undefined,
    identity && materialOf(identity),
    loadSdk(),
  ]);
  if (session.status().closed) throw new SessionClosedError('The session is closed.');
  const signer = connection.transport === 'websocket' ? handshake(session, sdk, connection.region) : undefined;
  const alpn = connection.transport === 'x509' && connection.alpn;
  return {
    sdk,
    port: connection.port,
    tlsContext: tlsContext(sdk, { alpn, tlsCipherPreference: options.tlsCipherPreference, material, authorities }),
    handshake: signer,
    httpProxy: options.proxy ? proxyOptions(sdk, options.proxy) : undefined,
    library,
    watch(client, stop) {
      if (!identity || !material) {
        return (errorName) => onFailedHandshake(session, errorName, signer?.accessKeyId);
      }
      const check = watchIdentity(identity, material, client, stop);
      return (errorName) => void check(errorName);
    },
  };
}
