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
  let epochMs = NaN;
  if (value instanceof Date) epochMs = value.getTime();
  // Both ranges are the years 2001 to 2286. A lifetime such as 3600, microseconds and 0 are in neither.
  else if (typeof value === 'number' && value >= 1e9 && value < 1e10) epochMs = value * 1000;
  else if (typeof value === 'number' && value >= 1e12 && value < 1e13) epochMs = value;
  else if (typeof value === 'string') {
    const day = isoWithZone.exec(value)?.[1];
    // `Date` reads February 30 as March 2.
    if (new Date(value.slice(0, 10)).getUTCDate() === Number(day)) epochMs = Date.parse(value);
  }
  return Number.isNaN(epochMs) ? undefined : new Date(epochMs);
}
