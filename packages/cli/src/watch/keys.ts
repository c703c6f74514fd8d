/** What a key means. Pure. */

/** What somebody at the terminal wants. */
export type Wish = 'end' | 'suspend' | 'redraw' | 'help' | 'refresh' | { readonly move: number };

/** A key as `node:readline` tells it. */
export interface Key {
  readonly name?: string | undefined;
  readonly sequence?: string | undefined;
  readonly ctrl?: boolean | undefined;
}

/** The wish, if the key is one of ours. `page` is how far a page goes. */
export function wishOf({ name, sequence, ctrl }: Key, page: number): Wish | undefined {
  if (ctrl) {
    const wishes: Readonly<Record<string, Wish>> = { c: 'end', z: 'suspend', l: 'redraw' };
    return Object.hasOwn(wishes, name ?? '') ? wishes[name ?? ''] : undefined;
  }
  if (sequence === '?') return 'help';
  // A capital G comes as the name of the small one.
  if (sequence === 'G') return { move: Infinity };
  switch (name) {
    case 'q':
      return 'end';
    case 'r':
      return 'refresh';
    case 'j':
    case 'down':
      return { move: 1 };
    case 'k':
    case 'up':
      return { move: -1 };
    case 'pagedown':
    case 'space':
      return { move: page };
    case 'pageup':
      return { move: -page };
    case 'g':
    case 'home':
      return { move: -Infinity };
    case 'end':
      return { move: Infinity };
    default:
      return undefined;
  }
}
