/** A request as it came over the wire. The path stays exactly as it was sent, because that is what was signed. */
import type { IncomingMessage } from 'node:http';
import { TLSSocket } from 'node:tls';
import { certificateIdOf } from '../credential-provider/certificate-id.js';

export interface LocalRequest {
  readonly method: string;
  /** Still percent-encoded, without the query. */
  readonly rawPath: string;
  /** Decoded; a name that is given twice has several values. */
  readonly query: ReadonlyMap<string, readonly string[]>;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** The certificate that the client has shown in the TLS handshake. */
  readonly clientCertificateId?: string;
}

/** Reads the whole request. Rejects when the client goes away in the middle. */
export async function readRequest(message: IncomingMessage): Promise<LocalRequest> {
  const url = message.url ?? '/';
  const mark = url.indexOf('?');
  const certificate = message.socket instanceof TLSSocket ? message.socket.getPeerX509Certificate() : undefined;
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return {
    method: message.method ?? 'GET',
    rawPath: mark < 0 ? url : url.slice(0, mark),
    query: parseQuery(mark < 0 ? '' : url.slice(mark + 1)),
    headers: Object.fromEntries(
      Object.entries(message.headers).map(([name, value]) => [
        name,
        Array.isArray(value) ? value.join(',') : (value ?? ''),
      ]),
    ),
    body: Buffer.concat(chunks),
    ...(certificate && { clientCertificateId: certificateIdOf(certificate) }),
  };
}

/** The only value of a query parameter, or the first of several. */
export function queryValue(request: LocalRequest, name: string): string | undefined {
  return request.query.get(name)?.[0];
}

function parseQuery(text: string): Map<string, string[]> {
  const query = new Map<string, string[]>();
  for (const [name, value] of new URLSearchParams(text)) {
    const values = query.get(name);
    if (values) values.push(value);
    else query.set(name, [value]);
  }
  return query;
}
