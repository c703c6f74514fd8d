import { defineStrategy, RefreshableSession } from '@brs/core';
import { ManualClock, settled } from '@brs/testkit';
import { describe, expect, it, vi } from 'vitest';
import { Board, mostEvents } from './board.js';

const secret = 'very-secret';
const set = (expiresInMs?: number) => ({
  accessKeyId: 'ASIASECRETKEY',
  secretAccessKey: secret,
  sessionToken: secret,
  ...(expiresInMs !== undefined && { expiration: new Date(Date.now() + expiresInMs) }),
});
const page = { offset: 0, limit: 100, since: 0 };

function open(answers: (object | Error)[]): RefreshableSession {
  let asked = 0;
  const strategy = defineStrategy({
    name: 'scripted',
    acquire: () => {
      const answer = answers[Math.min(asked++, answers.length - 1)];
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer as never);
    },
    classify: ({ message }) =>
      message === 'refused' ? { kind: 'terminal', hint: 'Ask somebody.' } : { kind: 'recoverable' },
    identity: async ({ credentials }) => ({ method: 'scripted', account: (await credentials()) && '123456789012' }),
  } as Parameters<typeof defineStrategy>[0]);
  return new RefreshableSession({ strategy });
}

describe('a board', () => {
  it('shows the most urgent first, and no part of any credentials', async () => {
    const sessions = {
      fresh: open([set(3_600_000)]),
      sooner: open([set(1_800_000)]),
      undated: open([set()]),
      failing: open([set(3_600_000), new Error('down')]),
      refused: open([set(3_600_000), new Error('refused')]),
      starting: open([]),
      empty: open([new Error('down')]),
    };
    const board = new Board([...Object.keys(sessions), 'later']);
    for (const [name, session] of Object.entries(sessions)) board.add(name, session);
    for (const [name, session] of Object.entries(sessions)) {
      if (name !== 'starting') await session.ready().catch(() => undefined);
    }
    for (const name of ['failing', 'refused'] as const) await sessions[name].refresh().catch(() => undefined);
    board.read(page);
    await settled();
    const { rows, counts, total, events } = board.read(page);
    expect(rows.map(({ name, state }) => [name, state])).toEqual([
      ['empty', 'no set'],
      ['refused', 'refused'],
      ['failing', 'failing'],
      ['starting', 'starting'],
      ['sooner', 'fresh'],
      ['fresh', 'fresh'],
      ['undated', 'no expiry'],
      ['later', 'starting'],
    ]);
    expect(counts).toEqual({ 'no set': 1, refused: 1, failing: 1, starting: 2, fresh: 2, 'no expiry': 1 });
    expect(total).toBe(8);
    expect(rows[1]).toMatchObject({ refreshes: 1, errors: 1, error: expect.stringContaining('Ask somebody.') });
    expect(rows.find(({ name }) => name === 'fresh')).toMatchObject({ identity: 'account 123456789012' });
    expect(events.map(({ event }) => event).filter((event) => event === 'refreshFailed')).toHaveLength(3);
    const all = JSON.stringify(board.read(page));
    for (const kept of [secret, 'ASIASECRETKEY']) expect(all).not.toContain(kept);
  });

  it('gives a page, and what has happened since', async () => {
    const board = new Board();
    const sessions = Array.from({ length: 30 }, (_, index) => open([set(3_600_000 + index * 1000)]));
    for (const [index, session] of sessions.entries()) board.add(`session-${index}`, session);
    await Promise.all(sessions.map((session) => session.ready()));
    const first = board.read({ offset: 10, limit: 5, since: 0 });
    expect(first.rows.map(({ name }) => name)).toEqual([10, 11, 12, 13, 14].map((index) => `session-${index}`));
    expect(first.events).toHaveLength(30);
    // Beyond the end is the last page.
    expect(board.read({ offset: 500, limit: 4, since: 0 })).toMatchObject({ offset: 26, total: 30 });
    await sessions[3]?.refresh();
    const later = board.read({ offset: 0, limit: 1, since: first.lastEvent });
    expect(later.events).toMatchObject([{ session: 'session-3', event: 'refreshSucceeded' }]);
  });

  it('counts a session once, also while its order is a moment old', () => {
    const board = new Board(['one', 'two']);
    // An order that took long to make, and is good for long.
    vi.spyOn(performance, 'now').mockReturnValueOnce(0).mockReturnValueOnce(1000).mockReturnValue(1001);
    for (const name of ['none', 'one', 'two']) {
      if (name !== 'none') board.add(name, open([]));
      const { total, counts, rows } = board.read(page);
      expect([total, counts, rows.length]).toEqual([2, { starting: 2 }, 2]);
    }
  });

  it('keeps the latest events alone', async () => {
    const board = new Board();
    const session = open([set(3_600_000)]);
    board.add('one', session);
    for (let round = 0; round < mostEvents + 5; round++) await session.refresh();
    const { events, lastEvent, rows } = board.read(page);
    expect(events).toHaveLength(mostEvents);
    expect(lastEvent).toBe(mostEvents + 5);
    expect(rows[0]?.refreshes).toBe(mostEvents + 5);
  });

  it('finds out who sessions are beside those whose strategies never say it', async () => {
    const ends = Array.from({ length: 5 }, () => new AbortController());
    const timeout = vi.spyOn(AbortSignal, 'timeout');
    for (const { signal } of ends) timeout.mockReturnValueOnce(signal);
    const strategy = (name: string) =>
      defineStrategy({
        name,
        acquire: () => Promise.resolve(set(3_600_000)),
        identity: () =>
          name === 'late' ? Promise.resolve({ method: name, account: '1' }) : new Promise(() => undefined),
      } as Parameters<typeof defineStrategy>[0]);
    const names = ['a', 'b', 'c', 'd', 'late'];
    const sessions = names.map((name) => new RefreshableSession({ strategy: strategy(name) }));
    const board = new Board();
    for (const [index, session] of sessions.entries()) board.add(names[index] ?? '', session);
    await Promise.all(sessions.map((session) => session.ready()));
    const identities = () => board.read(page).rows.map(({ identity }) => identity);
    identities();
    for (const end of ends) end.abort();
    await settled();
    identities();
    await settled();
    expect(identities()).toEqual([undefined, undefined, undefined, undefined, 'account 1']);
    // No second question is put to those that still owe the first answer.
    expect(timeout).toHaveBeenCalledTimes(5);
    timeout.mockRestore();
  });

  it('says what a person should know of a clock', async () => {
    const clock = new ManualClock();
    const strategy = defineStrategy({
      name: 'scripted',
      acquire: () => {
        const sourceTime = new Date(clock.now() + 3_600_000);
        return Promise.resolve({ ...set(), expiration: new Date(sourceTime.getTime() + 900_000), sourceTime });
      },
    });
    const session = new RefreshableSession({ strategy, clock });
    const board = new Board();
    board.add('one', session);
    await session.ready();
    const { rows, events } = board.read(page);
    expect(rows[0]?.clockOffsetMs).toBe(3_600_000);
    expect(events).toContainEqual(expect.objectContaining({ event: 'clockOffset', offsetMs: 3_600_000 }));
    await session.close();
    expect(board.read(page).rows[0]?.state).toBe('closed');
  });
});
