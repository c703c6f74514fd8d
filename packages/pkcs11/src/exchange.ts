/** One request and its answer on a connection of the CRT: bounded in size, ended by a signal. */
import type { TlsRequest, TlsResponse } from '@brs/core';
import type { http } from 'aws-crt';
import { Pkcs11Error } from './errors.js';
import type { Link } from './link.js';
import type { Crt } from './native.js';
import { inAuthority } from './tunnel.js';

/** The connection ended before an answer began: another one will do. */
export class NoAnswer extends Error {
  constructor(
    /** Whether the server may have got the request. */
    readonly wasSent: boolean,
    cause?: unknown,
  ) {
    super('it closed the connection', { cause });
  }
}

type Fields = readonly (readonly [name: string, value: string])[];

/** The head of an answer. */
interface Head {
  readonly status: number;
  readonly fields: Fields;
}

/** Sends a request. The connection is told of the end of the answer, where it is whole and the server goes on with it. */
export function exchange(
  crt: Crt,
  { host, port = 443, method = 'GET', path, headers = {}, maxBodyBytes }: TlsRequest,
  signal: AbortSignal,
  link: Link,
): Promise<TlsResponse> {
  const authority = port === 443 ? inAuthority(host) : `${inAuthority(host)}:${port}`;
  const fields = Object.entries(headers).filter(([name]) => name.toLowerCase() !== 'host');
  const request = new crt.http.HttpRequest(method, path, new crt.http.HttpHeaders([['Host', authority], ...fields]));

  return new Promise((resolve, reject) => {
    let head: Head | undefined;
    const chunks: Uint8Array[] = [];
    let size = 0;
    const end = (): void => signal.removeEventListener('abort', abort);
    const fail = (error: unknown): void => {
      end();
      reject(error as Error);
    };
    const abort = (): void => fail(signal.reason);

    if (signal.aborted) return abort();
    const stream = link.request(request);
    if (!stream) return fail(new NoAnswer(false));
    stream.on('response', (status: number, received: http.HttpHeaders) => {
      head = { status, fields: [...received] as [string, string][] };
    });
    stream.on('data', (chunk: ArrayBuffer) => {
      size += chunk.byteLength;
      if (size <= maxBodyBytes) chunks.push(new Uint8Array(chunk));
      else fail(tooLarge(host, maxBodyBytes));
    });
    stream.on('error', (error: Error) => {
      fail(head ? cutOff(host, error) : new NoAnswer(true, error));
    });
    stream.on('end', () => {
      end();
      if (!head) return reject(withoutBody(host));
      const { status, fields } = head;
      if (!saysClose(fields)) link.answered(answerBytes(head, size));
      resolve({ status, headers: firstOfEach(fields), body: Buffer.concat(chunks) });
    });
    signal.addEventListener('abort', abort, { once: true });
    try {
      stream.activate();
    } catch (error) {
      fail(new NoAnswer(false, error));
    }
  });
}

function saysClose(fields: Fields): boolean {
  return fields.some(([name, value]) => name.toLowerCase() === 'connection' && /close/i.test(value));
}

/**
 * How long an answer is as servers write it: with the usual words after its status, a blank after each colon, and its body either
 * as it is or in one chunk.
 */
export function answerBytes({ status, fields }: Head, bodyBytes: number): number {
  // Costs milliseconds, which a process that only imports this package need not pay.
  const { STATUS_CODES } = process.getBuiltinModule('node:http');
  const statusLine = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n`;
  const lines = fields.map(([name, value]) => name.length + value.length + ': \r\n'.length);
  const isChunked = fields.some(([name]) => name.toLowerCase() === 'transfer-encoding');
  const framing = isChunked ? `${bodyBytes.toString(16)}\r\n\r\n0\r\n\r\n`.length : 0;
  return lines.reduce((sum, line) => sum + line, statusLine.length + '\r\n'.length + framing + bodyBytes);
}

/** By lower-case name; of repeated ones the first. */
function firstOfEach(fields: Fields): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of fields) headers[name.toLowerCase()] ??= value;
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
