/** Reads the URL of an HTTP proxy. The URL may hold a password and is shown nowhere. */
import { describeType } from '@brs/core';
import type { http } from 'aws-iot-device-sdk-v2';
import type { Sdk } from './sdk.js';

/** What is wrong with the URL of a proxy, or nothing. */
export function proxyRule(value: unknown): string | undefined {
  if (typeof value !== 'string') return `must be the URL of an HTTP proxy, got ${describeType(value)}`;
  try {
    const { protocol, hostname, pathname, search, hash, username, password } = new URL(value);
    // They are decoded when they are used.
    decodeURIComponent(username + password);
    if (protocol === 'http:' && hostname !== '' && pathname === '/' && search + hash === '') return undefined;
  } catch {
    // What is wrong with it is not said: it may hold a password.
  }
  return 'must be the URL of an HTTP proxy, such as http://proxy.example.com:3128';
}

/** The library's options for a proxy that passed {@link proxyRule}. */
export function proxyOptions({ http }: Sdk, proxy: string): http.HttpProxyOptions {
  const { hostname, port, username, password } = new URL(proxy);
  const { None, Basic } = http.HttpProxyAuthenticationType;
  return new http.HttpProxyOptions(
    hostname.replace(/^\[|\]$/g, ''),
    Number(port || 80),
    username ? Basic : None,
    decodeURIComponent(username),
    decodeURIComponent(password),
    undefined,
    http.HttpProxyConnectionType.Tunneling,
  );
}
