/** The TLS in front of the provider: whom it lets in, how often sessions were resumed, whose connections are open. */
import { createServer, type Server } from 'node:https';
import type { RequestListener, ServerOptions } from 'node:http';
import type { TLSSocket } from 'node:tls';
import { certificateIdOf } from './certificate-id.js';
import type { Certificates } from './certificates.js';
import type { LocalHandshakes } from './local-credential-provider.js';
import type { LocalServerCertificate, LocalTlsVersion } from './options.js';

export interface TlsFrontParts {
  readonly host: string;
  readonly identity: LocalServerCertificate;
  /** The authority of the devices, in PEM. */
  readonly deviceCa: string;
  readonly minTlsVersion: LocalTlsVersion;
  readonly maxTlsVersion: LocalTlsVersion;
  /** Whether a client must have a certificate. */
  readonly requireCertificate: boolean;
  readonly certificates: Certificates;
}

export class TlsFront {
  #full = 0;
  #resumed = 0;
  #refused = 0;
  readonly #open = new Map<TLSSocket, string | undefined>();

  constructor(private readonly parts: TlsFrontParts) {}

  get handshakes(): LocalHandshakes {
    return { full: this.#full, resumed: this.#resumed, refused: this.#refused };
  }

  createServer(options: ServerOptions, listener: RequestListener): Server {
    const { host, identity, deviceCa, minTlsVersion, maxTlsVersion, requireCertificate } = this.parts;
    const server = createServer(
      {
        ...options,
        cert: identity.certificate,
        key: identity.privateKey,
        ca: deviceCa,
        requestCert: true,
        rejectUnauthorized: requireCertificate,
        minVersion: minTlsVersion,
        maxVersion: maxTlsVersion,
        SNICallback: (name, done) => done(name === host ? null : new Error('The server has another name.')),
      },
      listener,
    );
    server.on('tlsClientError', () => this.#refused++);
    // Before HTTP gets the connection.
    server.prependListener('secureConnection', (socket) => this.#admit(socket));
    return server;
  }

  /** Ends the connections of one certificate. */
  end(certificateId: string): void {
    for (const [socket, id] of this.#open) if (id === certificateId) socket.destroy();
  }

  #admit(socket: TLSSocket): void {
    const certificate = socket.getPeerX509Certificate();
    const id = certificate && certificateIdOf(certificate);
    const registered = id === undefined ? undefined : this.parts.certificates.find(id);
    const known = certificate
      ? socket.authorized && registered && registered.status !== 'REVOKED'
      : !this.parts.requireCertificate;
    const resumed = socket.isSessionReused();
    // Who sends no name is asked for none by the callback. A session that TLS 1.2 resumes has been through this before,
    // and OpenSSL knows its name no more.
    const named = socket.servername === this.parts.host || (resumed && !socket.servername);
    if (!known || !named) {
      this.#refused++;
      socket.destroy();
      return;
    }
    if (resumed) this.#resumed++;
    else this.#full++;
    this.#open.set(socket, id);
    socket.once('close', () => this.#open.delete(socket));
  }
}
