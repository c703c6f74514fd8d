/**
 * What to do when the service refuses a WebSocket. The library says that the upgrade failed and not with which status, and a
 * 403 can mean a dead token as well as a policy. So the token is replaced, and not more often than once in five minutes.
 */
import type { RefreshableSession } from '@brs/core';

const upgradeFailure = 'AWS_ERROR_HTTP_WEBSOCKET_UPGRADE_FAILURE';
const pauseMs = 300_000;

/** When a handshake last made a session replace its token, by the monotonic clock. All clients of a session count as one. */
const replacedAt = new WeakMap<RefreshableSession, number>();

/** Called for each connection that failed. `now` is in milliseconds. */
export function onFailedHandshake(
  session: RefreshableSession,
  errorName: string | undefined,
  accessKeyId: string | undefined,
  now: number = performance.now(),
): void {
  if (errorName !== upgradeFailure || !accessKeyId) return;
  if (now - (replacedAt.get(session) ?? -Infinity) < pauseMs) return;
  replacedAt.set(session, now);
  session.invalidate(accessKeyId);
}
