/** The view where there is no terminal: one line for everything that happens, for a person or for a program. */
import type { BoardEvent } from './board.js';
import { asJson, summarise, tell } from './tell.js';
import { readUntil, type Watched } from './watched.js';

const pauseMs = 1000;

/** Writes it until the signal, or until nobody reads any more. */
export async function showLines(
  watched: Watched,
  { write, json }: { write: (line: string) => void; json: boolean },
  signal: AbortSignal,
): Promise<void> {
  const iso = (at: number): string => new Date(at).toISOString();
  let wake = (): void => undefined;
  watched.onEvent?.(() => wake());
  signal.addEventListener('abort', () => wake(), { once: true });
  let since = 0;
  let isFirst = true;
  while (!signal.aborted) {
    const sight = await readUntil(watched, { offset: 0, limit: 1, since }, signal);
    if (!sight || signal.aborted) return;
    // What came before we did is not news, unless it is ours.
    const events: readonly BoardEvent[] = isFirst && !watched.onEvent ? [] : sight.events;
    if (isFirst) {
      const { at, total, counts } = sight;
      write(
        json
          ? JSON.stringify({ at: iso(at), event: 'watching', total, counts })
          : `${iso(at)} ${watched.title}: ${summarise(sight)}`,
      );
    }
    for (const event of events) {
      write(json ? asJson(event) : `${iso(event.at)} ${event.session || 'brs serve'}: ${tell(event, iso)}`);
    }
    isFirst = false;
    since = sight.lastEvent;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, pauseMs);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
