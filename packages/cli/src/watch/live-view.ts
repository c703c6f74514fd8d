/** The view on a terminal: reads once a second, sooner when something happens, and does what the keys say. */
import type { ReadStream, WriteStream } from 'node:tty';
import { lendTerminalBy } from '../session/terminal.js';
import { type BoardEvent, mostEvents } from './board.js';
import { draw, rowsFor, type Size } from './draw.js';
import { type Key, wishOf } from './keys.js';
import { openScreen, type Screen } from './screen.js';
import { type Palette } from './text.js';
import { readUntil, type Sight, type Watched } from './watched.js';

/** Milliseconds: how often it is read when nothing happens, and how often at most. */
const [usualPauseMs, shortestPauseMs] = [1000, 100];
const messageMs = 3000;

/** Shows it until somebody has seen enough, or until the signal. */
export async function showLive(
  watched: Watched,
  { input, output, palette }: { input: ReadStream | undefined; output: WriteStream; palette: Palette },
  signal: AbortSignal,
): Promise<void> {
  const view = new LiveView(watched, palette);
  view.screen = openScreen(output, input, {
    onKey: (key) => view.onKey(key),
    onChange: () => view.onChange(),
    onGone: () => view.onGone(),
  });
  lendTerminalBy(() => view.screen?.lend() ?? (() => undefined));
  try {
    await view.run(signal);
  } finally {
    lendTerminalBy(undefined);
    view.screen.close();
  }
}

class LiveView {
  screen: Screen | undefined;
  readonly #watched: Watched;
  readonly #palette: Palette;
  #sight: Sight | undefined;
  #events: BoardEvent[] = [];
  #since = 0;
  #offset = 0;
  #selected = 0;
  /** The name of the session that is selected; `undefined` while its page has not been read. */
  #name: string | undefined;
  #help = false;
  #message: { readonly text: string; readonly until: number } | undefined;
  readonly #over = new AbortController();
  #wake: () => void = () => undefined;
  #isWoken = false;

  constructor(watched: Watched, palette: Palette) {
    this.#watched = watched;
    this.#palette = palette;
  }

  async run(signal: AbortSignal): Promise<void> {
    const end = (): void => this.onGone();
    if (signal.aborted) return;
    signal.addEventListener('abort', end, { once: true });
    this.#watched.onEvent?.(() => this.#wakeUp());
    try {
      while (!this.#over.signal.aborted) {
        await this.#read();
        this.#draw();
        await this.#pause(shortestPauseMs);
        if (!this.#isWoken) await this.#pause(usualPauseMs - shortestPauseMs);
        this.#isWoken = false;
      }
    } finally {
      signal.removeEventListener('abort', end);
    }
  }

  onKey(key: Key): void {
    const page = this.#sight?.rows.length ?? 1;
    const wish = wishOf(key, Math.max(1, page - 1));
    if (wish === 'end') return this.onGone();
    if (wish === 'suspend') return this.screen?.suspend();
    if (wish === 'redraw') this.screen?.forget();
    else if (wish === 'help') this.#help = !this.#help;
    else if (wish === 'refresh') this.#refresh();
    else if (wish) this.#move(wish.move);
    else return;
    this.#draw();
  }

  onChange(): void {
    this.#draw();
    this.#wakeUp();
  }

  onGone(): void {
    this.#over.abort();
    this.#wakeUp();
  }

  #refresh(): void {
    const name = this.#name;
    const { refresh } = this.#watched;
    if (refresh && name !== undefined) refresh(name);
    const text = !refresh
      ? 'The sessions are those of brs serve, and refresh by themselves.'
      : name !== undefined && `The source of ${name} is asked.`;
    if (text) this.#message = { text, until: Date.now() + messageMs };
    this.#wakeUp();
  }

  /** Moves the selection, and the page with it where it would leave that. */
  #move(by: number): void {
    if (!this.#sight) return;
    const { total, rows } = this.#sight;
    const wanted = Math.max(0, Math.min(total - 1, this.#offset + this.#selected + by));
    if (wanted < this.#offset) this.#offset = wanted;
    else if (wanted >= this.#offset + rows.length) this.#offset = wanted - rows.length + 1;
    this.#selected = wanted - this.#offset;
    this.#name = rows[wanted - this.#sight.offset]?.name;
    this.#wakeUp();
  }

  async #read(): Promise<void> {
    const offset = this.#offset;
    const limit = rowsFor(this.#size(), this.#sight?.total ?? Infinity);
    const page = { offset, limit: Math.min(limit, 500), since: this.#since };
    const sight = await readUntil(this.#watched, page, this.#over.signal);
    if (!sight) return;
    this.#sight = sight;
    this.#since = sight.lastEvent;
    this.#events = [...this.#events, ...sight.events].slice(-mostEvents);
    // Somebody has gone on to another page meanwhile, which is read next.
    if (this.#offset !== offset) return;
    this.#offset = sight.offset;
    // The selection stays with its session while that is on the page.
    const at = sight.rows.findIndex(({ name }) => name === this.#name);
    this.#selected = at >= 0 ? at : Math.max(0, Math.min(this.#selected, sight.rows.length - 1));
    this.#name = sight.rows[this.#selected]?.name;
  }

  #draw(): void {
    if (!this.#sight || !this.screen) return;
    const now = Date.now();
    if (this.#message && now >= this.#message.until) this.#message = undefined;
    const { gone } = this.#sight;
    const lines = draw(
      {
        title: this.#watched.title,
        reading: this.#sight,
        events: this.#events,
        selected: this.#selected,
        canRefresh: this.#watched.refresh !== undefined,
        help: this.#help,
        message: this.#message?.text,
        gone: gone && { ...gone, now },
      },
      this.#size(),
      this.#palette,
    );
    this.screen.draw(lines);
  }

  #size(): Size {
    const { columns = 80, rows = 24 } = this.screen ?? {};
    return { columns, rows };
  }

  #wakeUp(): void {
    this.#isWoken = true;
    this.#wake();
  }

  /** Until the time is over; when it was woken, or is woken, no longer than a moment. */
  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      // The first pause is the shortest there is: nothing ends it but the end.
      this.#wake = () => {
        if (ms <= shortestPauseMs && !this.#over.signal.aborted) return;
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
