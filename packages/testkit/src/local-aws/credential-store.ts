/** Every access key that the server knows: the users' own and those that STS has issued. It forgets none, so that an old one is answered as expired and not as unknown. */
import { randomBytes, randomInt } from 'node:crypto';
import type { Principal } from './principals.js';

/** How the services answer for credentials that were revoked. */
export type RevokedAs = 'InvalidToken' | 'ExpiredToken';

/** One access key with all that is known of it. Never leaves the server. */
export interface StoredCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  /** Epoch milliseconds on the server's clock; none for a user's own key. */
  readonly expiresAt?: number;
  readonly principal: Principal;
  revokedAs?: RevokedAs;
}

/** Temporary credentials as STS hands them out. */
export type IssuedCredentials = StoredCredentials & { readonly sessionToken: string; readonly expiresAt: number };

export class CredentialStore {
  readonly #byKeyId = new Map<string, StoredCredentials>();

  find(accessKeyId: string): StoredCredentials | undefined {
    return this.#byKeyId.get(accessKeyId);
  }

  /** A long-lived key for a user. */
  addUser(principal: Principal): StoredCredentials {
    return this.#add({ accessKeyId: keyId('AKIA'), secretAccessKey: secret(), principal });
  }

  /** A temporary key. */
  issue(principal: Principal, expiresAt: number): IssuedCredentials {
    const sessionToken = randomBytes(192).toString('base64');
    return this.#add({ accessKeyId: keyId('ASIA'), secretAccessKey: secret(), sessionToken, expiresAt, principal });
  }

  /** Revokes one temporary key; false when it is not known. */
  revoke(accessKeyId: string, revokedAs: RevokedAs): boolean {
    const found = this.#byKeyId.get(accessKeyId);
    if (!found?.sessionToken) return false;
    found.revokedAs = revokedAs;
    return true;
  }

  /** Revokes every temporary key issued so far, and says how many. */
  revokeAll(revokedAs: RevokedAs): number {
    return [...this.#byKeyId.keys()].filter((accessKeyId) => this.revoke(accessKeyId, revokedAs)).length;
  }

  #add<Credentials extends StoredCredentials>(credentials: Credentials): Credentials {
    this.#byKeyId.set(credentials.accessKeyId, credentials);
    return credentials;
  }
}

function keyId(prefix: string): string {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  return prefix + Array.from({ length: 16 }, () => letters[randomInt(letters.length)]).join('');
}

const secret = (): string => randomBytes(30).toString('base64');
