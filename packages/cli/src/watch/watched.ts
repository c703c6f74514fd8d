/** What can be watched: sessions of this process, or those of a `brs serve` that runs elsewhere on the machine. */
import type { Page, Reading } from './board.js';

/** What is read, and since when it is old. */
export interface Sight extends Reading {
  /** It has not answered since then. What was read last is what is shown. */
  readonly gone?: { readonly since: number; readonly why: string };
}

/** Something that is watched. */
export interface Watched {
  /** What it is, in a few words. */
  readonly title: string;
  /** What is to be seen now. Rejects only where nothing has been seen yet. After the signal nobody is waited for. */
  read(page: Page, signal: AbortSignal): Promise<Sight>;
  /** Asks the source of a session now; what comes of it is an event. Absent where the sessions are somebody else's. */
  readonly refresh?: (name: string) => void;
  /** Calls the listener soon after something has happened. Absent where nobody tells, and it is asked every second. */
  readonly onEvent?: (listener: () => void) => void;
  close(): Promise<void>;
}

/** What is to be seen now; `undefined` where it could not be read because it is to end. */
export async function readUntil(watched: Watched, page: Page, end: AbortSignal): Promise<Sight | undefined> {
  try {
    return await watched.read(page, end);
  } catch (error) {
    if (end.aborted) return undefined;
    throw error;
  }
}
