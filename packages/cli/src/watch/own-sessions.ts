/** Watches sessions of this process, which are opened for that and refresh by themselves. */
import type { Options } from '../config/option-path.js';
import { closeAll } from '../session/close-all.js';
import type { OpenSession } from '../session/open.js';
import { Board } from './board.js';
import type { Watched } from './watched.js';

/** Options of a session that is watched: it refreshes with nobody asking. */
export const watchedSession: Options = { deferRefresh: false };

/** Opens one after the other, and watches all of them from then on. */
export async function watchOwnSessions(
  names: readonly string[],
  open: (name: string) => Promise<OpenSession>,
): Promise<Watched> {
  const board = new Board();
  const sessions = new Map<string, OpenSession>();
  const close = (): Promise<void> => closeAll(sessions.values());
  try {
    for (const name of names) {
      const opened = await open(name);
      sessions.set(name, opened);
      board.add(name, opened.session);
    }
  } catch (error) {
    await close();
    throw error;
  }
  return {
    title: 'sessions of this command',
    read: (page) => Promise.resolve(board.read(page)),
    refresh: (name) => {
      // Its outcome is an event.
      sessions
        .get(name)
        ?.session.refresh()
        .catch(() => undefined);
    },
    onEvent: (listener) => board.on(listener),
    close,
  };
}
