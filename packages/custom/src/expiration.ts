/**
 * Reads the instant at which credentials expire. It refuses whatever could be read in two ways: a date without a time
 * zone, and a number that is clearly neither seconds nor milliseconds.
 */

/**
 * A `Date`; ISO 8601 with a time zone (`2026-11-23T10:00:00Z`, and Python's `2026-11-23T10:00:00.123456+00:00`); or an
 * epoch in seconds (ten digits) or in milliseconds (thirteen digits).
 */
export type Expiration = Date | string | number;

const isoWithZone = /^\d{4}-\d\d-(\d\d)[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)$/;

/** The instant, or `undefined` for anything that is no {@link Expiration}. */
export function readExpiration(value: unknown): Date | undefined {
  const instant = new Date(toEpochMs(value));
  return Number.isNaN(instant.getTime()) ? undefined : instant;
}

function toEpochMs(value: unknown): number {
  if (value instanceof Date) return value.getTime();
  if (typeof value === 'number') {
    // Both ranges are the years 2001 to 2286. A lifetime such as 3600, microseconds and 0 are in neither.
    if (value >= 1e9 && value < 1e10) return value * 1000;
    return value >= 1e12 && value < 1e13 ? value : NaN;
  }
  const day = typeof value === 'string' && isoWithZone.exec(value)?.[1];
  // `Date` reads February 30 as March 2.
  return day && new Date((value as string).slice(0, 10)).getUTCDate() === Number(day) ? Date.parse(value as string) : NaN;
}
