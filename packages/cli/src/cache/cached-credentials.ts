/** One source call for any number of processes: the set in the cache, or a new one that then is there for all. */
import type { RefreshableSession } from '@brs/core';
import type { ResolvedSession } from '../config/resolve.js';
import type { Cache, StoredSet } from './cache.js';
import { freshnessOf } from './freshness.js';

/** How a set is had. */
export interface CachedSource {
  /** Which set it is: {@link describeSession}. */
  readonly description: string;
  /** Asks the source. */
  readonly ask: () => Promise<StoredSet>;
  /** Seconds before expiry at which the source is asked again. Default: 7200. */
  readonly windowSeconds?: number | undefined;
  /** `true`: the set in the cache will not do. */
  readonly force?: boolean | undefined;
  /** Told when the source failed and a set is handed out all the same. */
  readonly onStale: (error: unknown, set: StoredSet) => void;
}

/** Gives the set. Throws what the source throws, where there is no set that is still good. */
export async function cachedCredentials(cache: Cache, source: CachedSource): Promise<StoredSet> {
  const { description, ask, windowSeconds, force = false, onStale } = source;
  const name = cache.nameOf(description);
  const judge = (set: StoredSet | undefined) => freshnessOf(set, Date.now(), windowSeconds);

  const before = await cache.read(name);
  const found = force ? 'useless' : judge(before);
  if (before && found === 'fresh') return before;
  const release = await cache.lock(name, found === 'useless');
  if (!release && before) return before;
  try {
    // Another process may have been here while this one waited.
    const now = await cache.read(name);
    const isNew = now?.accessKeyId !== before?.accessKeyId;
    if (now && judge(now) === 'fresh' && (isNew || !force)) return now;
    try {
      const set = await ask();
      if (set.expiresAt < Infinity) await cache.write(name, set);
      return set;
    } catch (error) {
      if (!now || force || judge(now) === 'useless') throw error;
      onStale(error, now);
      await cache.write(name, { ...now, failedAt: Date.now() });
      return now;
    }
  } finally {
    await release?.();
  }
}

/** Asks a session. Expiry is by this machine's clock. */
export async function askSession(session: RefreshableSession, forceRefresh?: boolean): Promise<StoredSet> {
  const { expiration, ...credentials } = await session.getCredentials({ forceRefresh });
  const expiresAt = expiration ? expiration.getTime() - session.status().clockOffsetMs : Infinity;
  return { ...credentials, fetchedAt: Date.now(), expiresAt };
}

/** What the base credentials depend on, beside the options. */
const variables = [
  'AWS_ACCESS_KEY_ID',
  'AWS_PROFILE',
  'AWS_CONFIG_FILE',
  'AWS_SHARED_CREDENTIALS_FILE',
  'AWS_REGION',
  'AWS_ENDPOINT_URL',
  'AWS_ENDPOINT_URL_STS',
  'AWS_ROLE_ARN',
  'AWS_CONTAINER_CREDENTIALS_FULL_URI',
  'HOME',
];

/** Everything that decides what a session gives. Another role, or other base credentials, are another entry. */
export function describeSession(
  part: string,
  { options, profile, configPath }: ResolvedSession,
  env: NodeJS.ProcessEnv,
): string {
  const shown = (_: string, value: unknown): unknown => (typeof value === 'function' ? String(value) : value);
  return JSON.stringify([part, options, profile, configPath, variables.map((name) => env[name])], shown);
}
