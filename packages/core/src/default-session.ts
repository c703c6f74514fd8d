/**
 * One session for a whole program, so that nobody has to pass it around. Every copy of this module in the process sees
 * the same one.
 */
import type { ClientClass, ClientConfig } from './client-cache.js';
import { InvalidOptionsError, NoDefaultSessionError } from './errors.js';
import type { RefreshableSession } from './session.js';
import { shared } from './shared.js';

const held = /* @__PURE__ */ shared('default-session', () => ({}) as { session?: RefreshableSession | undefined });

/**
 * Makes a session the default of the process, or with `undefined` leaves it without one. The one before is not closed.
 *
 * @throws {@link InvalidOptionsError} (`INVALID_OPTIONS`) for anything else.
 */
export function setDefaultSession(session: RefreshableSession | undefined): void {
  if (session !== undefined && typeof (session as Partial<RefreshableSession> | null)?.getCredentials !== 'function') {
    throw new InvalidOptionsError('session', 'must be a RefreshableSession or undefined');
  }
  held.session = session;
}

/**
 * The default session.
 *
 * @throws {@link NoDefaultSessionError} (`NO_DEFAULT_SESSION`) when none was set.
 */
export function getDefaultSession(): RefreshableSession {
  const { session } = held;
  if (session) return session;
  throw new NoDefaultSessionError('There is no default session.', {
    hint: 'Call setDefaultSession(session) once, before the first use.',
  });
}

/**
 * A client of the default session.
 *
 * @example
 * ```ts
 * import { S3Client } from '@aws-sdk/client-s3';
 * import { client } from '@brs/core';
 *
 * const s3 = client(S3Client);
 * ```
 *
 * @throws {@link NoDefaultSessionError} (`NO_DEFAULT_SESSION`) when none was set.
 */
export function client<Class extends ClientClass>(Ctor: Class, config?: ClientConfig<Class>): InstanceType<Class> {
  return getDefaultSession().client(Ctor, config);
}
