/** A loopback service with the answers that a test writes, over HTTP/1.1 or HTTP/2. It checks no signature: it says whose it was. */
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { createServer as createHttp2Server } from 'node:http2';
import type { AddressInfo } from 'node:net';

export interface CannedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** The access key id that signed it. */
  readonly keyId: string | undefined;
  /** The date that signed it. */
  readonly signedAt: Date;
}

export interface CannedAnswer {
  readonly status?: number;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

export interface CannedService extends AsyncDisposable {
  readonly endpoint: string;
  readonly requests: CannedRequest[];
  /** The keys that signed the requests so far. */
  readonly keyIds: (string | undefined)[];
}

type Answerer = (request: CannedRequest) => CannedAnswer | Promise<CannedAnswer>;

export async function startCannedService(
  answer: Answerer,
  protocol: 'http/1.1' | 'h2' = 'http/1.1',
): Promise<CannedService> {
  const requests: CannedRequest[] = [];
  const respond = async (
    incoming: AsyncIterable<Buffer> & { method?: string; url?: string; headers: IncomingHttpHeaders },
  ) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk);
    const { headers } = incoming;
    const stamp = String(headers['x-amz-date']).replace(/^(\d{4})(\d\d)(\d\dT\d\d)(\d\d)/, '$1-$2-$3:$4:');
    const request: CannedRequest = {
      method: incoming.method ?? '',
      path: incoming.url ?? '',
      headers,
      body: Buffer.concat(chunks),
      keyId: /Credential=([^/]+)\//.exec(headers.authorization ?? '')?.[1],
      signedAt: new Date(stamp),
    };
    requests.push(request);
    return answer(request);
  };
  const sockets = new Set<{ destroy(): void }>();
  const server =
    protocol === 'h2'
      ? createHttp2Server((incoming, outgoing) => {
          void respond(incoming as never).then(({ status = 200, headers = {}, body = '' }) => {
            outgoing.writeHead(status, headers).end(body);
          });
        })
      : createServer((incoming, outgoing) => {
          void respond(incoming as never).then(({ status = 200, headers = {}, body = '' }) => {
            outgoing.writeHead(status, headers).end(body);
          });
        });
  server.on('connection', (socket: { destroy(): void; once(event: 'close', listener: () => void): void }) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    get keyIds() {
      return requests.map(({ keyId }) => keyId);
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      // An HTTP/2 server returns itself from `close` on some lines of Node only.
      const closed = once(server, 'close');
      server.close();
      await closed;
    },
  };
}

/** An answer of a service that speaks JSON. */
export function json(body: object, status = 200): CannedAnswer {
  return { status, headers: { 'content-type': 'application/x-amz-json-1.1' }, body: JSON.stringify(body) };
}

/** An error as a service that speaks JSON answers it. */
export function jsonError(code: string, status = 400): CannedAnswer {
  return json({ __type: `com.amazonaws.service#${code}`, message: 'said the canned service' }, status);
}

/** An error as S3 answers it. */
export function s3Error(code: string, status = 400): CannedAnswer {
  return {
    status,
    headers: { 'content-type': 'application/xml' },
    body: `<?xml version="1.0"?><Error><Code>${code}</Code><Message>said the canned service</Message></Error>`,
  };
}
