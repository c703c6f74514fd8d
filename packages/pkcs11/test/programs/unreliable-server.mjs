/**
 * A server for devices that ends its connections at every moment and in every way, and that answers more, less or otherwise than
 * HTTP has it. As a program it takes the options as JSON, and prints its port.
 */
import { once } from 'node:events';
import { createServer } from 'node:net';
import { argv } from 'node:process';
import { createSecureContext, TLSSocket } from 'node:tls';
import { pathToFileURL } from 'node:url';

/** @returns {Promise<number>} the port, on loopback. */
export async function startUnreliableServer({ cert, key, ca }) {
  const secureContext = createSecureContext({ cert, key, ca, minVersion: 'TLSv1.2' });
  const server = createServer({ noDelay: true }, (raw) => {
    const tls = new TLSSocket(raw, { isServer: true, secureContext, requestCert: true, rejectUnauthorized: false });
    for (const socket of [raw, tls]) socket.on('error', () => undefined);
    // In the handshake, or later.
    if (chance(0.4)) setTimeout(end, Math.random() * 60, raw, tls);
    tls.on('secure', () => {
      if (chance(0.06)) end(raw, tls);
      else if (chance(0.02)) tls.write(timeout);
    });
    let request = '';
    tls.on('data', (chunk) => {
      request += chunk;
      if (!request.includes('\r\n\r\n')) return;
      request = '';
      one(answers)(raw, tls);
    });
  });
  await once(server.unref().listen(0, '127.0.0.1'), 'listening');
  return server.address().port;
}

const chance = (probability) => Math.random() < probability;
const one = (values) => values[Math.floor(Math.random() * values.length)];

/** With a reset, with an alert and a FIN, with a FIN alone, and with neither. */
const ends = [(raw) => raw.resetAndDestroy(), (raw, tls) => tls.end(), (raw) => raw.end(), (raw, tls) => tls.destroy()];
function end(raw, tls) {
  if (!raw.destroyed) one(ends)(raw, tls);
}

const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
const timeout = 'HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n';
/** A record of data that nobody can decrypt. */
const forged = Buffer.concat([Buffer.from([23, 3, 3, 0, 64]), Buffer.alloc(64, 7)]);
const body = (length, more = '') => `HTTP/1.1 200 OK\r\nContent-Length: ${length}\r\n${more}\r\n${'x'.repeat(length)}`;

const fine = [
  (raw, tls) => tls.write(ok),
  (raw, tls) => tls.write(body(1500)),
  (raw, tls) => tls.write(body(40_000)),
  (raw, tls) => tls.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n'),
  (raw, tls) => {
    tls.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n');
    setTimeout(() => tls.writable && tls.write('2\r\nok\r\n0\r\n\r\n'), 1);
  },
  (raw, tls) => {
    tls.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n');
    setImmediate(() => tls.writable && tls.write('\r\nok'));
  },
];
/**
 * Not among them are an answer without any field and one after an informational one (1xx): aws-crt 1.33 is ended by both, whatever
 * becomes of the connection. Most are fine, so that connections live to see the rest.
 */
const answers = [
  ...fine,
  ...fine,
  ...fine,
  ...fine,
  // No answer, half an answer, and an end right after one.
  end,
  (raw, tls) => setTimeout(end, Math.random() * 3, raw, tls),
  (raw, tls) => tls.write(body(20_000).slice(0, 900), () => end(raw, tls)),
  (raw, tls) => tls.write(ok, () => end(raw, tls)),
  (raw, tls) => tls.write(ok, () => setImmediate(end, raw, tls)),
  (raw, tls) => tls.write(ok, () => setTimeout(end, Math.random() * 2, raw, tls)),
  (raw, tls) => tls.end(ok),
  // The end that is announced.
  (raw, tls) => tls.write(body(2, 'Connection: close\r\n')),
  (raw, tls) => tls.end(body(2, 'connection: Close\r\n')),
  // More than the answer, at once and a moment later.
  (raw, tls) => tls.write(`${ok}more`),
  (raw, tls) => tls.write(ok + timeout),
  (raw, tls) => tls.write(ok, () => tls.write(timeout)),
  (raw, tls) => tls.write(ok, () => setTimeout(() => tls.writable && tls.write(timeout), Math.random())),
  (raw, tls) => tls.write(ok, () => raw.writable && raw.write(forged)),
  (raw, tls) => tls.write('HTTP/1.0 200 OK\r\nServer: old\r\n\r\nuntil the end', () => end(raw, tls)),
  (raw, tls) => tls.write('HTTP/1.1 204 No Content\r\nServer: odd\r\n\r\n'),
  (raw, tls) => tls.write('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'),
  // No HTTP, and no TLS.
  (raw, tls) => tls.write('SSH-2.0-OpenSSH\r\n'),
  (raw) => raw.write('HTTP/1.1 400 Bad Request\r\n\r\n'),
];

if (import.meta.url === pathToFileURL(argv[1]).href) {
  process.stdout.write(`${await startUnreliableServer(JSON.parse(argv[2]))}\n`);
  // It ends with the process that started it.
  process.stdin.resume().on('end', () => process.exit());
}
