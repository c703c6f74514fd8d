/** One request and its answer on a connection of the CRT: bounded in size, ended by a signal. */
import type { TlsRequest, TlsResponse } from '@brs/core';
import type { http } from 'aws-crt';
import { Pkcs11Error } from './errors.js';
import type { Crt } from './native.js';

/** The connection ended before an answer began: where the server had closed it already, another one will do. */
export class NoAnswer extends Error {}

/** Makes a request ready, so that on a connection that was just found open nothing is left to do but to send it. */
export function exchange(
  crt: Crt,
  { host, port = 443, method = 'GET', path, headers = {}, maxBodyBytes }: TlsRequest,
  signal: AbortSignal,
): (connection: http.HttpClientConnection) => Promise<TlsResponse> {
  const authority = port === 443 ? host : `${host}:${port}`;
  const fields = Object.entries(headers).filter(([name]) => name.toLowerCase() !== 'host');
  const request = new crt.http.HttpRequest(method, path, new crt.http.HttpHeaders([['Host', authority], ...fields]));

  return (connection) =>
    new Promise((resolve, reject) => {
      let head: Omit<TlsResponse, 'body'> | undefined;
      const chunks: Uint8Array[] = [];
      let size = 0;
      const end = (): void => signal.removeEventListener('abort', abort);
      const fail = (error: unknown): void => {
        end();
        reject(error as Error);
      };
      const abort = (): void => fail(signal.reason);

      let stream: http.HttpClientStream;
      try {
        stream = connection.request(request);
      } catch (error) {
        return fail(new NoAnswer('The connection was closed.', { cause: error }));
      }
      stream.on('response', (status, received) => {
        head = { status, headers: firstOfEach(received) };
      });
      stream.on('data', (chunk: ArrayBuffer) => {
        size += chunk.byteLength;
        if (size <= maxBodyBytes) chunks.push(new Uint8Array(chunk));
        else fail(tooLarge(host, maxBodyBytes));
      });
      stream.on('error', (error: Error) => {
        fail(
          head
            ? cutOff(host, error)
            : new NoAnswer(`The connection to ${host} ended before an answer.`, { cause: error }),
        );
      });
      stream.on('end', () => {
        end();
        if (head) resolve({ ...head, body: Buffer.concat(chunks) });
        else reject(withoutBody(host));
      });
      signal.addEventListener('abort', abort, { once: true });
      if (signal.aborted) return abort();
      try {
        stream.activate();
      } catch (error) {
        fail(new NoAnswer('The connection was closed.', { cause: error }));
      }
    });
}

/** By lower-case name; of repeated ones the first. */
function firstOfEach(received: http.HttpHeaders): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of received) headers[name.toLowerCase()] ??= value;
  return headers;
}

function tooLarge(host: string, maxBodyBytes: number): Pkcs11Error {
  return new Pkcs11Error(
    'ANSWER_TOO_LARGE',
    `The answer of ${host} is longer than ${maxBodyBytes} bytes.`,
    'It is not the answer of the service that was meant: look at the name of the host.',
  );
}

/** aws-crt 1.33 can tell of the end of an answer before its head, and then forgets the head, where no body is between them. */
function withoutBody(host: string): Pkcs11Error {
  return new Pkcs11Error(
    'ANSWER_EMPTY',
    `The answer of ${host} has no body, and its status is not known: the AWS Common Runtime can lose it.`,
    'It is not an answer of the service that was meant: look at the name of the host, and at the proxy if there is one.',
  );
}

function cutOff(host: string, error: Error): Pkcs11Error {
  return new Pkcs11Error(
    'CONNECTION_FAILED',
    `${host} cut its answer off: ${error.message}`,
    'The next request tries again.',
    error,
  );
}
