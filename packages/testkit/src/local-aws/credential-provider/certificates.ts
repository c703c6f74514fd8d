/** The certificates that the provider knows, each with its status, its things and its policy. */
import type { LocalCertificateStatus } from './options.js';
import type { Revoked } from './authority.js';

export class RegisteredCertificate {
  #status: LocalCertificateStatus = 'ACTIVE';
  #revokedAt = new Date(0);
  readonly things: Set<string> = new Set();
  readonly #allowed: Set<string>;
  readonly #denied = new Set<string>();

  constructor(
    readonly serialNumber: string,
    roleAliases: readonly string[],
  ) {
    this.#allowed = new Set(roleAliases);
  }

  get status(): LocalCertificateStatus {
    return this.#status;
  }

  set status(status: LocalCertificateStatus) {
    if (status === 'REVOKED' && this.#status !== status) this.#revokedAt = new Date();
    this.#status = status;
  }

  /** When it was revoked. */
  get revokedAt(): Date {
    return this.#revokedAt;
  }

  allow(roleAlias: string): void {
    this.#allowed.add(roleAlias);
    if (roleAlias === '*') this.#denied.clear();
    else this.#denied.delete(roleAlias);
  }

  deny(roleAlias: string): void {
    if (roleAlias === '*') this.#allowed.clear();
    else this.#denied.add(roleAlias);
  }

  /** Whether its policy has iot:AssumeRoleWithCertificate for this alias. */
  mayUse(roleAlias: string): boolean {
    return !this.#denied.has(roleAlias) && (this.#allowed.has('*') || this.#allowed.has(roleAlias));
  }
}

export class Certificates {
  readonly #byId = new Map<string, RegisteredCertificate>();

  add(certificateId: string, certificate: RegisteredCertificate): void {
    this.#byId.set(certificateId, certificate);
  }

  find(certificateId: string): RegisteredCertificate | undefined {
    return this.#byId.get(certificateId);
  }

  /** @throws TypeError when it was not made here. */
  get(certificateId: string): RegisteredCertificate {
    const found = this.#byId.get(certificateId);
    if (!found) throw new TypeError('certificateId must be that of a certificate that this provider has made.');
    return found;
  }

  revoked(): Revoked[] {
    return [...this.#byId.values()].filter(({ status }) => status === 'REVOKED');
  }
}
