/** A session for the same role in each of many accounts, all of them on one base session. */
import { RefreshableSession } from '@brs/core';
import '@brs/sts';

/** How the sessions are made. */
export interface AccountSessionsOptions {
  /** Its credentials assume the role in each account. It belongs to the caller, who closes it last. */
  readonly base: RefreshableSession;
  /** The name of the role, the same in each account. */
  readonly roleName: string;
  readonly region: string;
}

/**
 * Sessions by account: made when first asked for, kept until they are closed.
 *
 * @example
 * ```ts
 * await using sessions = new AccountSessions({ base, roleName: 'auditor', region: 'us-east-1' });
 * const s3 = sessions.of('123456789012').client(S3Client, { region: 'eu-west-1' });
 * ```
 */
export class AccountSessions {
  readonly #options: AccountSessionsOptions;
  readonly #sessions = new Map<string, RefreshableSession>();

  constructor(options: AccountSessionsOptions) {
    this.#options = options;
  }

  /** The session of an account. Asks nobody for credentials yet. */
  of(accountId: string): RefreshableSession {
    const { base, roleName, region } = this.#options;
    let session = this.#sessions.get(accountId);
    if (!session) {
      session = new RefreshableSession({
        method: 'sts',
        region,
        // A provider, not a set: each refresh here starts from what the base session has by then.
        credentials: base.credentials,
        assumeRole: { RoleArn: `arn:aws:iam::${accountId}:role/${roleName}` },
      });
      this.#sessions.set(accountId, session);
    }
    return session;
  }

  /** How many there are. */
  get size(): number {
    return this.#sessions.size;
  }

  /** Closes one account's session and the clients that it made. */
  async close(accountId: string): Promise<void> {
    const session = this.#sessions.get(accountId);
    this.#sessions.delete(accountId);
    await session?.close();
  }

  /** Closes them all. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#sessions.keys()].map((accountId) => this.close(accountId)));
  }
}
