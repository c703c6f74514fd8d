/**
 * Requests over mutual TLS with a PEM key: one agent for as long as the certificate is the same, so that connections are
 * kept and TLS sessions resumed. Redirects are not followed, and nothing is tried twice but a request on a kept
 * connection that the server had closed.
 */
import type { ClientRequest, IncomingMessage } from 'node:http';
import type { Agent } from 'node:https';
import type { PemMaterial, TlsRequest, TlsResponse } from '@brs/core';
import { IotError, type IotErrorCode } from './errors.js';
import { explainNetworkError, explainRepeatedCut, explainTimeout } from './network-errors.js';
import { connectThrough } from './proxy-agent.js';
import { elsewhere } from './refusals.js';

/** Sends requests, and lets its connections go. */
export interface HttpsTransport {
  send(material: PemMaterial, request: TlsRequest): Promise<TlsResponse>;
  close(): void;
}

/** Costs milliseconds, which a process that is not asked for credentials need not pay. */
const https = (): typeof import('node:https') => process.getBuiltinModule('node:https');

/** Makes a transport. It loads `node:https` with the first request. */
export function createHttpsTransport(): HttpsTransport {
  let current: { readonly material: PemMaterial; readonly agent: Agent } | undefined;
  let cuts = 0;

  const agentFor = (material: PemMaterial, request: TlsRequest): Agent => {
    if (current?.material === material) return current.agent;
    const { ca, minTlsVersion: minVersion, verifyServer, proxy, timeoutMs } = request;
    const { createSecureContext } = process.getBuiltinModule('node:tls');
    const agent = new (https().Agent)({
      keepAlive: true,
      // A probe a minute: enough for what forgets silent connections on the way, and little for a metered link.
      keepAliveMsecs: 60_000,
      secureContext: createSecureContext({ cert: material.certificate, key: material.privateKey, ca, minVersion }),
      rejectUnauthorized: verifyServer,
    });
    if (proxy) connectThrough(agent, new URL(proxy), timeoutMs);
    if (current) retire(current.agent);
    current = { material, agent };
    cuts = 0;
    return agent;
  };

  return {
    async send(material, request) {
      const { signal, timeoutMs } = request;
      signal?.throwIfAborted();
      const agent = agentFor(material, request);
      const deadline = new AbortController();
      const end = (): void => deadline.abort();
      const timer = setTimeout(end, timeoutMs);
      signal?.addEventListener('abort', end);
      try {
        const response = await attempt(agent, request, deadline.signal);
        cuts = 0;
        return response;
      } catch (thrown) {
        signal?.throwIfAborted();
        const error = deadline.signal.aborted ? explainTimeout(timeoutMs, thrown) : explainNetworkError(thrown);
        cuts = error.code === 'CONNECTION_CUT' ? cuts + 1 : 0;
        throw cuts > 1 ? explainRepeatedCut(error) : error;
      } finally {
        clearTimeout(timer);
        signal?.removeEventListener('abort', end);
      }
    },
    close() {
      current?.agent.destroy();
      current = undefined;
    },
  };
}

async function attempt(
  agent: Agent,
  { host, port, method, path, headers, maxBodyBytes }: TlsRequest,
  signal: AbortSignal,
): Promise<TlsResponse> {
  let sent: ClientRequest | undefined;
  const once = (): Promise<TlsResponse> =>
    new Promise((resolve, reject) => {
      const asked = (sent = https().request({ host, port, method, path, headers: { ...headers }, agent, signal }));
      // The connection is free for the next request a moment after the body has ended.
      const freed = new Promise((done) => asked.on('close', done));
      asked.once('response', (response) => resolve(readBody(response, maxBodyBytes, freed)));
      asked.on('error', reject);
      asked.end();
    });
  try {
    return await once();
  } catch (error) {
    if (!sent?.reusedSocket || explainNetworkError(error).code !== 'CONNECTION_CUT') throw error;
    // The server had closed the kept connection, and perhaps others.
    closeIdle(agent);
    return once();
  }
}

async function readBody(
  response: IncomingMessage,
  maxBodyBytes: number,
  freed: Promise<unknown>,
): Promise<TlsResponse> {
  const { statusCode: status = 0, headers } = response;
  const fail = (code: IotErrorCode, how: string, details?: object): IotError =>
    new IotError(
      code,
      `The answer (HTTP ${status}) ${how}.`,
      { kind: 'recoverable', hint: elsewhere },
      { status, ...details },
    );
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      length += chunk.length;
      // Leaving the loop destroys the connection.
      if (length > maxBodyBytes) throw fail('ANSWER_TOO_LONG', `is longer than ${maxBodyBytes} bytes`);
      chunks.push(chunk);
    }
  } catch (error) {
    throw error instanceof IotError ? error : fail('UNREADABLE_ANSWER', 'was cut in the middle', { cause: error });
  }
  await freed;
  return { status, headers: headers as Record<string, string>, body: Buffer.concat(chunks) };
}

/** Lets an agent end: what is under way is finished, and no connection is kept. */
function retire(agent: Agent): void {
  Object.assign(agent, { keepAlive: false });
  closeIdle(agent);
}

function closeIdle({ freeSockets }: Agent): void {
  for (const socket of Object.values(freeSockets).flat()) socket?.destroy();
}
