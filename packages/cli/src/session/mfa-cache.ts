/**
 * Opens a session so that a person types one code in twelve hours, whatever the number of commands: the session below,
 * which the code went into, is in the cache of the user.
 */
import { Cache } from '../cache/cache.js';
import { askSession, cachedCredentials, describeSession } from '../cache/cached-credentials.js';
import type { ResolvedSession } from '../config/resolve.js';
import { openSession, type OpenSession, prepareSession, type SessionNeeds } from './open.js';

/** A person is not asked hours before it is needed. */
const windowSeconds = 300;

/** As {@link openSession}. Where there can be no cache, the code is asked for by each command. */
export function openWithMfaCache(resolved: ResolvedSession, needs: SessionNeeds): Promise<OpenSession> {
  return openSession(resolved, withMfaCache(resolved, needs));
}

/** As {@link prepareSession}, with the same cache. */
export function prepareWithMfaCache(resolved: ResolvedSession, needs: SessionNeeds): Promise<() => OpenSession> {
  return prepareSession(resolved, withMfaCache(resolved, needs));
}

function withMfaCache(resolved: ResolvedSession, needs: SessionNeeds): SessionNeeds {
  const { env } = needs;
  // The SDK does not see the name of a profile of ours: who is asked is the same with it and without.
  const isOurs = resolved.isOwnProfile && env.AWS_PROFILE === resolved.profile;
  const base = isOurs ? { ...env, AWS_PROFILE: undefined } : env;
  return {
    ...needs,
    throughBase(below, options) {
      let opening: Promise<Cache | undefined> | undefined;
      const description = describeSession('mfa', { ...resolved, options, profile: undefined }, base);
      return async (asked: { readonly forceRefresh?: boolean } | undefined) => {
        const cache = await (opening ??= Cache.open(env).catch(() => undefined));
        if (!cache) return below.credentials(asked);
        const { accessKeyId, secretAccessKey, sessionToken, expiresAt } = await cachedCredentials(cache, {
          description,
          ask: () => askSession(below, asked?.forceRefresh),
          windowSeconds,
          force: asked?.forceRefresh,
          onStale: () => undefined,
        });
        return { accessKeyId, secretAccessKey, sessionToken, expiration: new Date(expiresAt) };
      };
    },
  };
}
