import { describe, expect, it } from 'vitest';
import { readExpiration } from './expiration.js';

const instant = Date.UTC(2026, 10, 23, 10, 0, 0);

describe('readExpiration', () => {
  it.each<[string, unknown, number]>([
    ['a Date', new Date(instant), instant],
    ['UTC', '2026-11-23T10:00:00Z', instant],
    ['milliseconds', '2026-11-23T10:00:00.250Z', instant + 250],
    ['minutes only', '2026-11-23T10:00Z', instant],
    ['an offset', '2026-11-23T15:30:00+05:30', instant],
    ['an offset without a colon', '2026-11-23T05:00:00-0500', instant],
    ["Python's isoformat()", '2026-11-23T10:00:00.123456+00:00', instant + 123],
    ["Python's str()", '2026-11-23 10:00:00+00:00', instant],
    ['epoch seconds', instant / 1000, instant],
    ["Python's time.time()", instant / 1000 + 0.5, instant + 500],
    ['epoch milliseconds', instant, instant],
    ['the first second of ten digits', 1e9, 1e12],
    ['the first millisecond of thirteen digits', 1e12, 1e12],
    ['a leap day', '2028-02-29T00:00:00Z', Date.UTC(2028, 1, 29)],
  ])('reads %s', (_, value, expected) => {
    expect(readExpiration(value)?.getTime()).toBe(expected);
  });

  it.each<[string, unknown]>([
    ['an Invalid Date', new Date(NaN)],
    ['a date without a zone', '2026-11-23T10:00:00'],
    ['a date with a space and without a zone', '2026-11-23 10:00'],
    ['a day alone', '2026-11-23'],
    ['a zone by name', '2026-11-23T10:00:00UTC'],
    ["HTTP's format", 'Mon, 23 Nov 2026 10:00:00 GMT'],
    ['a day that does not exist', '2026-02-30T10:00:00Z'],
    ['a month that does not exist', '2026-13-01T10:00:00Z'],
    ['an hour that does not exist', '2026-11-23T25:00:00Z'],
    ['an epoch in a string', '1795428000'],
    ['an empty string', ''],
    ['a lifetime', 3600],
    ['zero', 0],
    ['a negative number', -instant],
    ['eleven digits', 1e10],
    ['twelve digits', 1e12 - 1],
    ['microseconds', instant * 1000],
    ['NaN', NaN],
    ['Infinity', Infinity],
    ['null', null],
    ['nothing', undefined],
    ['a bigint', BigInt(instant)],
    ['an object', { valueOf: () => instant }],
  ])('refuses %s', (_, value) => {
    expect(readExpiration(value)).toBeUndefined();
  });

  it("gives a Date of its own, which the source's later changes do not reach", () => {
    const given = new Date(instant);
    const read = readExpiration(given);
    given.setTime(0);
    expect(read?.getTime()).toBe(instant);
  });
});
