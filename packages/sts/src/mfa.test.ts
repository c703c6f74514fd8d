import { ManualClock, settled } from '@brs/testkit';
import { describe, expect, it } from 'vitest';
import { claimMfaCode, nextMfaCode } from './mfa.js';
import type { MfaTokenContext, MfaTokenSource } from './mfa-options.js';

let device = 0;
const { signal } = new AbortController();

/** A source of codes over a list, and what it was told each time. */
function over(codes: string[]): { token: MfaTokenSource; asked: MfaTokenContext[]; serialNumber: string } {
  const asked: MfaTokenContext[] = [];
  return {
    serialNumber: `device-${++device}`,
    asked,
    token: (context) => (asked.push(context), codes.shift() ?? 'no more'),
  };
}

describe('a code that was sent before', () => {
  it('is not sent again: the next window of 30 s is awaited, to the millisecond, and the source asked again', async () => {
    const clock = new ManualClock(Date.UTC(2026, 0, 1, 0, 0, 10));
    const source = over(['111111', '111111', '222222']);
    expect(await nextMfaCode(source, clock, 0, signal)).toBe('111111');
    const next = nextMfaCode(source, clock, 0, signal);
    await settled();
    await clock.advance(19_999);
    expect(source.asked).toHaveLength(2);
    await clock.advance(1);
    expect(source.asked).toHaveLength(3);
    expect(await next).toBe('222222');
    expect(source.asked.map(({ time }) => time.toISOString().slice(14, 19))).toEqual(['00:10', '00:10', '00:30']);
  });

  it('is given up when the next window brings it again, as something that may pass', async () => {
    const clock = new ManualClock();
    const source = over(['111111', '111111', '111111', '111111', '222222']);
    await nextMfaCode(source, clock, 0, signal);
    const refused = nextMfaCode(source, clock, 0, signal).catch((error: unknown) => error);
    await settled();
    await clock.advance(30_000);
    expect(await refused).toMatchObject({ code: 'MfaCodeUsed', failure: { kind: 'recoverable' } });
    expect(source.asked).toHaveLength(3);
  });

  it('is waited out once more for every session that was faster', async () => {
    const clock = new ManualClock();
    const source = over(['111111', '222222', '111111', '222222', '333333']);
    await nextMfaCode(source, clock, 0, signal);
    await nextMfaCode(source, clock, 0, signal);
    const next = nextMfaCode(source, clock, 0, signal);
    await settled();
    await clock.advance(30_000);
    await clock.advance(30_000);
    expect(await next).toBe('333333');
    expect(source.asked).toHaveLength(5);
  });

  it('stays unsent when the wait is ended', async () => {
    const clock = new ManualClock();
    const source = over(['111111', '111111', '222222']);
    await nextMfaCode(source, clock, 0, signal);
    const abort = new AbortController();
    const ended = nextMfaCode(source, clock, 0, abort.signal).catch((error: unknown) => error);
    await settled();
    await clock.advance(1000);
    abort.abort(new Error('enough'));
    await clock.advance(30_000);
    expect(await ended).toMatchObject({ message: 'enough' });
    expect(source.asked).toHaveLength(2);
  });

  it('counts for its device only, in the whole process, whatever copy of this module sends it', async () => {
    expect(claimMfaCode('one 123456')).toBe(true);
    expect(claimMfaCode('one 123456')).toBe(false);
    expect(claimMfaCode('two 123456')).toBe(true);
    // The query makes it another module for the loader: what an ESM and a CommonJS copy would be.
    const copy = (await import(/* @vite-ignore */ './mfa.js?copy' as './mfa.js')).claimMfaCode;
    expect(copy).not.toBe(claimMfaCode);
    expect(copy('two 123456')).toBe(false);
  });
});

it('the source is told the time by the clock of AWS', async () => {
  const clock = new ManualClock(Date.UTC(2026, 0, 1));
  const source = over(['111111']);
  await nextMfaCode(source, clock, 7_200_000, signal);
  expect(source.asked[0]?.time.toISOString()).toBe('2026-01-01T02:00:00.000Z');
});

it('a code that comes after the end of the question is not used up', async () => {
  const clock = new ManualClock();
  const abort = new AbortController();
  const late = { serialNumber: `device-${++device}`, token: () => (abort.abort(new Error('too late')), '111111') };
  await expect(nextMfaCode(late, clock, 0, abort.signal)).rejects.toThrow('too late');
  await expect(nextMfaCode(late, clock, 0, signal)).resolves.toBe('111111');
});
