/**
 * Requests over mutual TLS with a key in a token: contexts and connections are kept, what was lost with the token or closed by
 * the server is made anew, and what fails for good says why.
 */
import type { Pkcs11Material, TlsRequest, TlsResponse } from '@brs/core';
import type { io } from 'aws-crt';
import { type Diagnosis, explainAlert } from './diagnosis.js';
import { exchange, NoAnswer } from './exchange.js';
import { HandshakeEnded, Link } from './link.js';
import type { MaterialOpener } from './material.js';
import { type Crt, loadCrt } from './native.js';
import { Pool, PoolClosed } from './pool.js';
import { checkAuthority, checkRequest } from './request-checks.js';
import { connectionCut, connectionFailed, handshakeFailed, timedOut, whyNot } from './request-failures.js';
import { crtName, makeContext, moduleFailure, type TlsSettings } from './tls-context.js';
import { NotConnected } from './tunnel.js';

/** A context, its connections, and whether it has proved good. */
interface Lane {
  readonly material: Pkcs11Material;
  readonly pool: Pool;
  proven: boolean;
}

/** How far a request is. */
interface Progress {
  /** Whether there is no attempt after this one. */
  isLast: boolean;
  /** Whether it has no connection yet. */
  isConnecting: boolean;
}

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
    checkAuthority(settings.ca);
    const context = makeContext(crt, material, settings);
    contexts.set(key, { material, context });
    return context;
  }

  function laneFor(crt: Crt, material: Pkcs11Material, request: TlsRequest): Lane {
    const { host, port = 443, ca, verifyServer = true, proxy } = request;
    const key = JSON.stringify([host, port, ca, verifyServer, proxy]);
    const kept = lanes.get(key);
    if (kept?.material === material) return kept;
    kept?.pool.close();
    const context = contextFor(crt, material, { ca, verifyServer });
    const lane = {
      material,
      pool: new Pool((signal) => Link.open(crt, { host, port, proxy }, context, signal), maxConnections),
      proven: kept?.material === material && kept.proven,
    };
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

  async function attempt(
    request: TlsRequest,
    signal: AbortSignal,
    progress: Progress,
  ): Promise<TlsResponse | undefined> {
    const { isLast } = progress;
    const material = await orAborted(opener.open(), signal);
    const crt = await loadCrt();
    let lane: Lane | undefined;
    try {
      lane = laneFor(crt, material, request);
      progress.isConnecting = true;
      const response = await lane.pool.use(signal, (link) => {
        progress.isConnecting = false;
        return exchange(crt, request, signal, link);
      });
      lane.proven = true;
      return response;
    } catch (error) {
      if (error === signal.reason) throw error;
      const wasSent = error instanceof NoAnswer && error.wasSent;
      if (error instanceof NoAnswer || (error instanceof HandshakeEnded && error.isCut)) {
        if (!isLast && (!wasSent || idempotent.has(request.method ?? 'GET'))) return undefined;
        throw connectionCut(request, error, material.certificate);
      }
      // Another request has found that the key was lost, and closed what this one waited for.
      if (!isLast && error instanceof PoolClosed) return undefined;
      const fromModule = moduleFailure(error);
      const alert = error instanceof HandshakeEnded ? error.end.alert : undefined;
      if (fromModule || alert !== undefined || crtName(error).startsWith('AWS_IO_TLS')) {
        if (!lane || [...lanes.values()].includes(lane)) forget();
        // A key that worked before may have been lost with its token: again, with everything new.
        if (!isLast && (fromModule || lane?.proven)) return undefined;
        if (fromModule) throw fromModule;
        const found = (alert !== undefined && explainAlert(alert)) || (await whyNot(request, signal));
        throw handshakeFailed(request, error, found, material.certificate);
      }
      const isOurs = error instanceof NotConnected || error instanceof HandshakeEnded;
      throw isOurs || crtName(error) ? connectionFailed(request, error) : error;
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
    const progress: Progress = { isLast: false, isConnecting: false };
    let diagnosis: Diagnosis | undefined;
    const asking = setTimeout(() => {
      if (progress.isConnecting) {
        void whyNot(asked, signal).then((found) => (diagnosis = found));
      }
    }, asked.timeoutMs / 2);
    const deadline = setTimeout(
      () => controller.abort(timedOut(asked, progress.isConnecting ? diagnosis : undefined)),
      asked.timeoutMs,
    );
    try {
      for (let left = maxAttempts - 1; ; left -= 1) {
        progress.isLast = left === 0;
        const response = await attempt(asked, signal, progress);
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
