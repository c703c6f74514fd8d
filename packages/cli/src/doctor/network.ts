/** The ways to a server, one step after the other: name, connection, tunnel, handshake, answer. */
import { lookup } from 'node:dns/promises';
import { request as httpRequest } from 'node:http';
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls, type DetailedPeerCertificate, type TLSSocket } from 'node:tls';
import type { TlsIdentity } from '@brs/core';
import type { Device } from './device.js';
import type { Answer } from './provider.js';

/** For one step, in milliseconds. */
export const stepMs = 5000;

/** A place on the network. */
export interface Place {
  readonly host: string;
  readonly port: number;
}

/** A server, and how it is spoken to. */
export interface Server extends Place {
  readonly ca: string | undefined;
  readonly proxy: URL | undefined;
  readonly device: Device | undefined;
}

/** What a handshake has shown. */
export interface Handshake {
  /** The code of what is wrong with the server's certificate, such as `CERT_HAS_EXPIRED`. */
  readonly problem: string | undefined;
  readonly version: string;
  /** Who has signed it, and when it ends. */
  readonly issuer: string;
  readonly subject: string;
  readonly validTo: string;
}

/** Where to connect to: the server, or the proxy before it. */
export function firstStop({ host, port, proxy }: Place & { readonly proxy: URL | undefined }): Place {
  return proxy ? { host: proxy.hostname.replace(/^\[|\]$/g, ''), port: Number(proxy.port || 80) } : { host, port };
}

/** The addresses of a name. */
export async function addressesOf(host: string): Promise<string[]> {
  const found = await inTime(lookup(host, { all: true }), `There was no answer about ${host}`);
  return found.map(({ address }) => address);
}

/** A connection. The caller ends it. */
export function openConnection({ host, port }: Place): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connectTcp({ host, port });
    socket.setTimeout(stepMs, () => socket.destroy(timeout(`${host} does not answer on port ${port}`)));
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.setTimeout(0);
      // What comes after it is the business of who uses the connection.
      socket.removeListener('error', reject).on('error', () => undefined);
      resolve(socket);
    });
  });
}

/** A connection to the server, through its proxy where it has one. */
async function openWay(server: Server): Promise<Socket> {
  const { host, port, proxy } = server;
  if (!proxy) return openConnection(server);
  const user = decodeURIComponent(`${proxy.username}:${proxy.password}`);
  const headers = proxy.username ? { 'proxy-authorization': `Basic ${Buffer.from(user).toString('base64')}` } : {};
  return new Promise((resolve, reject) => {
    const asked = httpRequest({ ...firstStop(server), method: 'CONNECT', path: `${host}:${port}`, headers });
    asked.setTimeout(stepMs, () => asked.destroy(timeout('The proxy does not answer')));
    asked.on('error', reject);
    asked.once('connect', ({ statusCode }, socket) => {
      if (statusCode === 200) return resolve(socket);
      socket.destroy();
      reject(Object.assign(new Error(`The proxy answered ${statusCode}.`), { code: 'PROXY_REFUSED' }));
    });
    asked.end();
  });
}

/**
 * Shakes hands and looks at the server's certificate, whatever is wrong with it. A server that wants to see the device's
 * is shown it, unless its key is in a token.
 */
export async function shakeHands(server: Server): Promise<Handshake> {
  const { socket } = await openTls(server);
  const { issuer, subject, valid_to: validTo } = socket.getPeerCertificate(true) as Partial<DetailedPeerCertificate>;
  const problem = socket.authorized ? undefined : String(socket.authorizationError);
  const version = socket.getProtocol() ?? '';
  socket.destroy();
  return { problem, version, issuer: nameOf(issuer), subject: nameOf(subject), validTo: validTo ?? '' };
}

async function openTls(server: Server): Promise<{ socket: TLSSocket }> {
  const { host, ca, device } = server;
  const pair = device?.identity.kind === 'pem' ? await device.open() : undefined;
  const way = await openWay(server);
  return new Promise((resolve, reject) => {
    const socket = connectTls({
      socket: way,
      // An address is no name of a server, and is verified all the same.
      host,
      ...(isIP(host) ? {} : { servername: host }),
      rejectUnauthorized: false,
      ...(ca && { ca }),
      ...(pair && { cert: pair.certificate, key: pair.privateKey }),
    });
    const fail = (error: Error): void => {
      way.destroy();
      reject(error);
    };
    socket.setTimeout(stepMs, () => fail(timeout(`${host} does not finish the TLS handshake`)));
    socket.on('error', fail);
    socket.once('close', () => fail(Object.assign(new Error('The connection was cut.'), { code: 'ECONNRESET' })));
    socket.once('secureConnect', () => {
      socket.setTimeout(0);
      // What comes after it is the business of who reads.
      socket.removeAllListeners('error').on('error', () => undefined);
      resolve({ socket });
    });
  });
}

/** One request over mutual TLS, for what the answer says of the server. */
export async function httpsGet(server: Server & { readonly path: string }, signal: AbortSignal): Promise<Answer> {
  const { host, port, path, ca, device, proxy } = server;
  const identity: TlsIdentity | undefined = device?.identity;
  if (identity?.kind === 'pkcs11') {
    await device?.open();
    const limits = { timeoutMs: stepMs, maxBodyBytes: 1 << 16 };
    const { status, headers } = await identity.request({ host, port, path, ca, proxy: proxy?.href, signal, ...limits });
    return { status, headers };
  }
  const { socket } = await openTls(server);
  return new Promise((resolve, reject) => {
    // By a connection that is there, so that the tunnel of a proxy and what the device shows are the same as above.
    const asked = httpRequest({ host, port, path, signal, createConnection: () => socket });
    asked.setTimeout(stepMs, () => asked.destroy(timeout(`${host} does not answer`)));
    asked.on('error', reject);
    asked.once('response', ({ statusCode: status = 0, headers }) => {
      socket.destroy();
      resolve({ status, headers: headers as Record<string, string> });
    });
    asked.end();
  });
}

function nameOf(name: DetailedPeerCertificate['issuer'] | undefined): string {
  const { O: organization, CN: common } = (name ?? {}) as { O?: unknown; CN?: unknown };
  return [organization, common].flat().filter(Boolean).join(', ') || 'nobody';
}

async function inTime<Value>(promise: Promise<Value>, problem: string): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(timeout(problem)), stepMs);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

function timeout(problem: string): Error {
  return Object.assign(new Error(`${problem} within ${stepMs / 1000} s.`), { code: 'ETIMEDOUT' });
}
