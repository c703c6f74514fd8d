/** What this package adds to the library's own objects: disposal, and two events about the identity. */

/** The identity can no longer be used, and asking again does not cure that: a PIN was refused, a token is locked. */
export interface IdentityRefused {
  /** What the identity threw. */
  readonly error: unknown;
  /** What a person has to do. */
  readonly hint: string;
}

/** Added to the client that {@link mqtt} gives and to the connection that {@link mqtt311} gives. */
export interface SessionBound {
  /**
   * Disconnects in good order, waits until that is done, and frees what is native. The client cannot be used afterwards.
   * Twice is once. `session.close()` does it too.
   */
  [Symbol.asyncDispose](): Promise<void>;
  /**
   * The certificate's files were replaced, or the token has ended the session in which this client signs. A client keeps
   * what it was made with: make another with the same options, start it, and dispose of this one. Noticed when a
   * connection is lost or fails, and said once for each change.
   */
  on(event: 'identityOutdated', listener: (event: object) => void): this;
  /** The identity is refused for good, and the client was stopped. Without a listener the process gets a warning. */
  on(event: 'identityRefused', listener: (event: IdentityRefused) => void): this;
}
