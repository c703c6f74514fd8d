/** Ends a client with its session. `session.close()` waits for that, and not for ever: an attempt to connect can take long to fail. */
import type { RefreshableSession } from '@brs/core';

/** How long `session.close()` waits for one client, in milliseconds. */
export const patienceMs = 5000;

/** Disposes of a client when the session closes. What comes back takes that off again. */
export function endWith(session: RefreshableSession, dispose: () => Promise<void>): () => void {
  return session.on('closing', async () => {
    let timer: NodeJS.Timeout | undefined;
    const enough = new Promise<void>((resolve) => (timer = setTimeout(resolve, patienceMs)));
    await Promise.race([dispose(), enough]);
    clearTimeout(timer);
  });
}
