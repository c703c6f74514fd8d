import { describe, expect, it } from 'vitest';
import { wishOf } from './keys.js';

describe('a key', () => {
  it.each([
    [{ name: 'q', sequence: 'q' }, 'end'],
    [{ name: 'c', ctrl: true }, 'end'],
    [{ name: 'z', ctrl: true }, 'suspend'],
    [{ name: 'l', ctrl: true }, 'redraw'],
    [{ name: 'r', sequence: 'r' }, 'refresh'],
    [{ sequence: '?' }, 'help'],
    [{ name: 'j', sequence: 'j' }, { move: 1 }],
    [{ name: 'down' }, { move: 1 }],
    [{ name: 'k', sequence: 'k' }, { move: -1 }],
    [{ name: 'up' }, { move: -1 }],
    [{ name: 'pagedown' }, { move: 7 }],
    [{ name: 'pageup' }, { move: -7 }],
    [{ name: 'g', sequence: 'g' }, { move: -Infinity }],
    [{ name: 'g', sequence: 'G' }, { move: Infinity }],
    [{ name: 'home' }, { move: -Infinity }],
    [{ name: 'end' }, { move: Infinity }],
    [{ name: 'x', sequence: 'x' }, undefined],
    [{ name: 'r', ctrl: true }, undefined],
    [{ name: 'constructor', ctrl: true }, undefined],
  ])('%j means %j', (key, wish) => expect(wishOf(key, 7)).toEqual(wish));
});
