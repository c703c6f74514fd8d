/**
 * Requests over mutual TLS with a key in a token: contexts and connections are kept, what was lost with the token or closed by
 * the server is made anew once, and what fails for good says why.
 */
import { InvalidOptionsError, type Pkcs11Material, type TlsRequest, type TlsResponse } from '@brs/core';
import type { io } from 'aws-crt';
import { X509Certificate } from 'node:crypto';
import { type Diagnosis, diagnose, tls13Hint } from './diagnosis.js';
import { Pkcs11Error } from './errors.js';
import { exchange, NoAnswer } from './exchange.js';
import type { MaterialOpener } from './material.js';
import { type Crt, loadCrt } from './native.js';
import { Pool } from './pool.js';
import { crtName, makeContext, moduleFailure, type TlsSettings } from './tls-context.js';

/** A context, its connections, and whether it has proved good. */
interface Lane {
  readonly material: Pkcs11Material;
  readonly pool: Pool;
  proven: boolean;
}

const connectTimeoutMs = 10_000;
const maxConnections = 8;
/** A connection that was closed, or a key that was lost, may be found so more than once. */
const maxAttempts = 3;
/** RFC 9110, section 9.2.2: what may be sent again without asking. */
const idempotent: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE']);

export function requester(opener: MaterialOpener): {
  request: (request: TlsRequest) => Promise<TlsResponse>;
  close: () => void;
} {
  /** By server and settings. */
  const lanes = new Map<string, Lane>();
  /** By settings. */
  const contexts = new Map<string, { readonly material: Pkcs11Material; readonly context: io.ClientTlsContext }>();

  function contextFor(crt: Crt, material: Pkcs11Material, settings: TlsSettings): io.ClientTlsContext {
    const key = JSON.stringify(settings);
    const kept = contexts.get(key);
    if (kept?.material === material) return kept.context;
    const context = makeContext(crt, material, settings);
    contexts.set(key, { material, context });
    return context;
  }

  function laneFor(crt: Crt, material: Pkcs11Material, request: TlsRequest): Lane {
    const { host, port = 443, ca, verifyServer = true, proxy } = request;
    const key = JSON.stringify([host, port, ca, verifyServer, proxy]);
    const kept = lanes.get(key);
    if (kept?.material === material && !kept.pool.closed) return kept;
    kept?.pool.close();
    const context = contextFor(crt, material, { ca, verifyServer });
    const { http, io } = crt;
    const socket = new io.SocketOptions(io.SocketType.STREAM, io.SocketDomain.IPV4, connectTimeoutMs, true, 60, 20, 3);
    const manager = new http.HttpClientConnectionManager(
      undefined,
      host,
      port,
      maxConnections,
      2 ** 20,
      socket,
      new io.TlsConnectionOptions(context, host),
      proxy === undefined ? undefined : proxyOptions(crt, proxy),
    );
    const lane = { material, pool: new Pool(manager, maxConnections), proven: kept?.material === material && kept.proven };
    lanes.set(key, lane);
    return lane;
  }

  /** Nothing of it is used again: neither the key's session, nor the connections that were made with it. */
  function forget(): void {
    for (const { pool } of lanes.values()) pool.close();
    lanes.clear();
    contexts.clear();
    opener.forget();
  }

  async function attempt(request: TlsRequest, signal: AbortSignal, isLast: boolean): Promise<TlsResponse | undefined> {
    const material = await orAborted(opener.open(), signal);
    const crt = await loadCrt();
    let lane: Lane | undefined;
    try {
      lane = laneFor(crt, material, request);
      const { pool } = lane;
      const response = await pool.use(signal, (connection) => exchange(crt, connection, request, signal));
      lane.proven = true;
      return response;
    } catch (error) {
      if (error instanceof NoAnswer) {
        if (!isLast && idempotent.has(request.method ?? 'GET')) return undefined;
        throw connectionFailed(request, error);
      }
      // Another request has found that the key was lost, and closed what this one waited for.
      if (!isLast && crtName(error) === 'AWS_ERROR_HTTP_CONNECTION_MANAGER_SHUTTING_DOWN') return undefined;
      const fromModule = moduleFailure(error);
      if (fromModule || crtName(error).startsWith('AWS_IO_TLS')) {
        forget();
        // A key that worked before may have been lost with its token: once more, with everything new.
        if (!isLast && (fromModule || lane?.proven)) return undefined;
        throw fromModule ?? handshakeFailed(request, error, await whyNot(request, signal));
      }
      throw crtName(error) ? connectionFailed(request, error) : error;
    }
  }

  async function request(asked: TlsRequest): Promise<TlsResponse> {
    checkRequest(asked);
    asked.signal?.throwIfAborted();
    const controller = new AbortController();
    const { signal } = controller;
    const abort = (): void => controller.abort(asked.signal?.reason);
    asked.signal?.addEventListener('abort', abort, { once: true });
    // Asked for while a handshake takes long, because the CRT may tell of its failure only after the deadline.
    let diagnosis: Diagnosis | undefined;
    const asking = setTimeout(() => {
      if ([...lanes.values()].some(({ pool }) => pool.connecting)) {
        void whyNot(asked, signal).then((found) => (diagnosis = found));
      }
    }, asked.timeoutMs / 2);
    const deadline = setTimeout(() => controller.abort(timedOut(asked, diagnosis)), asked.timeoutMs);
    try {
      for (let left = maxAttempts - 1; ; left -= 1) {
        const response = await attempt(asked, signal, left === 0);
        if (response) return response;
      }
    } finally {
      clearTimeout(asking);
      clearTimeout(deadline);
      asked.signal?.removeEventListener('abort', abort);
    }
  }

  return { request, close: forget };
}

function checkRequest({ ca, minTlsVersion, path, proxy }: TlsRequest): void {
  if (minTlsVersion === 'TLSv1.3') {
    throw new Pkcs11Error('TLS_VERSION', 'TLS 1.3 is asked for, and a PKCS#11 key cannot do it.', tls13Hint);
  }
  if (!path.startsWith('/')) throw new InvalidOptionsError('path', 'must begin with a slash');
  if (ca !== undefined && !isCertificate(ca)) throw new InvalidOptionsError('ca', 'must be certificates in PEM');
  if (proxy !== undefined && (!URL.canParse(proxy) || new URL(proxy).protocol !== 'http:')) {
    throw new InvalidOptionsError('proxy', 'must be an http URL, such as http://proxy.example.com:3128');
  }
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).raw.length > 0;
  } catch {
    return false;
  }
}

function proxyOptions({ http }: Crt, proxy: string): InstanceType<Crt['http']['HttpProxyOptions']> {
  const { hostname, port, username, password } = new URL(proxy);
  const method = username ? http.HttpProxyAuthenticationType.Basic : http.HttpProxyAuthenticationType.None;
  return new http.HttpProxyOptions(
    hostname,
    port ? Number(port) : 80,
    method,
    decodeURIComponent(username),
    decodeURIComponent(password),
    undefined,
    http.HttpProxyConnectionType.Tunneling,
  );
}

/** Through a proxy nothing is found out. */
async function whyNot(request: TlsRequest, signal: AbortSignal): Promise<Diagnosis | undefined> {
  const { host, port = 443, ca, verifyServer = true, proxy, timeoutMs } = request;
  if (proxy !== undefined || signal.aborted) return undefined;
  return diagnose({ host, port, ca, verifyServer }, Math.min(timeoutMs / 2, 5000));
}

function handshakeFailed({ host }: TlsRequest, cause: unknown, found: Diagnosis | undefined): Pkcs11Error {
  return new Pkcs11Error(
    found?.code ?? 'TLS_FAILED',
    `The TLS handshake with ${host} failed${found ? `: ${found.reason}` : ''}.`,
    found?.hint ??
      "The server refused the device's certificate, or its own is not trusted, or it insists on TLS 1.3, which a PKCS#11 key cannot do.",
    cause,
  );
}

function timedOut(request: TlsRequest, found: Diagnosis | undefined): Pkcs11Error {
  if (found) return handshakeFailed(request, undefined, found);
  return new Pkcs11Error(
    'REQUEST_TIMEOUT',
    `${request.host} gave no whole answer within ${request.timeoutMs} ms.`,
    'The next request tries again. Look at the network, and at the proxy if there is one.',
  );
}

function connectionFailed({ host, port = 443 }: TlsRequest, cause: unknown): Pkcs11Error {
  const root = cause instanceof NoAnswer ? cause.cause : cause;
  return new Pkcs11Error(
    'CONNECTION_FAILED',
    `No answer from ${host}, port ${port}: ${crtName(root) || (cause as Error).message}.`,
    'The next request tries again. Look at the name of the host, the network, and the proxy if there is one.',
    cause,
  );
}

/** Ends the wait of a caller, not what others wait for. */
async function orAborted<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> {
  let abort = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(signal.reason as Error);
    signal.addEventListener('abort', abort, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
