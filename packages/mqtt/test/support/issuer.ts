/** A source of credentials that live for a moment, and that remembers all of them for whoever has to verify a signature. */
import { defineStrategy, type Strategy } from '@brs/core';

/** What was issued. Expired and revoked credentials stay known. */
export interface Issued {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiration: Date;
  revoked: boolean;
}

export class Issuer {
  readonly issued: Map<string, Issued> = new Map();
  /** While set, the source fails with it. */
  failure: Error | undefined;
  /** The source's clock less the machine's. */
  readonly clockOffsetMs: number;
  readonly #lifetimeMs: number;

  constructor({ lifetimeMs = 3_600_000, clockOffsetMs = 0 }: { lifetimeMs?: number; clockOffsetMs?: number } = {}) {
    this.#lifetimeMs = lifetimeMs;
    this.clockOffsetMs = clockOffsetMs;
  }

  /** The source's clock. */
  now(): number {
    return Date.now() + this.clockOffsetMs;
  }

  strategy(): Strategy {
    return defineStrategy({
      name: 'issuer',
      acquire: async () => {
        if (this.failure) throw this.failure;
        const generation = this.issued.size + 1;
        const credentials: Issued = {
          accessKeyId: `ASIA${generation}`,
          secretAccessKey: `planted-secret-${generation}`,
          // Characters that have to be escaped in a query.
          sessionToken: `planted/token+${generation}==`,
          expiration: new Date(this.now() + this.#lifetimeMs),
          revoked: false,
        };
        this.issued.set(credentials.accessKeyId, credentials);
        return { ...credentials, sourceTime: new Date(this.now()) };
      },
    });
  }
}
