/** A credential provider over TLS that answers what a scripted source says, in the service's own form. */
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { AcquiredCredentials } from '@brs/core';
import { type LocalServerCertificate, ScriptedFailure, type ScriptedSource } from '@brs/testkit';

/** Starts it. `close` ends every connection. */
export async function scriptedProvider(
  source: Pick<ScriptedSource, 'answer'>,
  { certificate, privateKey }: LocalServerCertificate,
  deviceCa: string,
): Promise<{ readonly port: number; close(): Promise<void> }> {
  const server = createServer(
    { cert: certificate, key: privateKey, ca: deviceCa, requestCert: true, rejectUnauthorized: true },
    (_request, response) => {
      const gone = new AbortController();
      response.on('close', () => gone.abort());
      source.answer(gone.signal).then(
        (set) => send(response, 200, { credentials: elementOf(set) }),
        (error: unknown) => {
          if (!(error instanceof ScriptedFailure)) return response.destroy();
          const { kind, retryAfterMs } = error;
          if (kind === 'terminal') return send(response, 403, { message: 'Access Denied' });
          return send(
            response,
            503,
            { message: 'down' },
            retryAfterMs ? { 'retry-after': String(retryAfterMs / 1000) } : {},
          );
        },
      );
    },
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

function send(response: ServerResponse, status: number, body: object, headers: Record<string, string> = {}): void {
  // No `Date`: the source has a clock of its own.
  response.sendDate = false;
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

function elementOf(set: AcquiredCredentials | undefined): object | undefined {
  if (!set) return undefined;
  const { accessKeyId, secretAccessKey, sessionToken, expiration } = set;
  const when = Number.isNaN(expiration?.getTime()) ? 'some day' : expiration?.toISOString();
  return { accessKeyId, secretAccessKey, sessionToken, expiration: when };
}
