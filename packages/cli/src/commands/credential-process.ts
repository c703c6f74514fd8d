/** `brs credential-process`: one set of credentials as JSON, for `credential_process` in `~/.aws/config`. */
import { createHash } from 'node:crypto';
import { Cache, type StoredSet } from '../cache/cache.js';
import { askSession, cachedCredentials, describeSession } from '../cache/cached-credentials.js';
import { resolveSession } from '../config/resolve.js';
import { print, say } from '../print.js';
import { describe } from '../report.js';
import { circleError } from '../session/circle.js';
import { openWithMfaCache } from '../session/mfa-cache.js';
import type { CommandContext, SessionFlags } from './session-command.js';

/** Tells a run inside of a run what is being asked for already. */
const guard = 'BRS_CREDENTIAL_PROCESS';

export async function run(
  flags: SessionFlags & { readonly cache: boolean },
  { flags: given, env }: CommandContext,
): Promise<void> {
  // Other programs start it wherever they are: what lies there is not asked for a configuration.
  const place = { configPath: flags.config, workingDirectory: undefined };
  const resolved = await resolveSession({ flags: given, profile: flags.profile, env, ...place });
  const description = describeSession('session', resolved, env);
  refuseCircle(description, resolved.profile);
  const ask = async (): Promise<StoredSet> => {
    const opened = await openWithMfaCache(resolved, { env });
    try {
      return await askSession(opened.session);
    } finally {
      await opened.close();
    }
  };
  const cache = flags.cache ? await openCache(env) : undefined;
  const window = resolved.options.advisoryWindowSeconds;
  const set = cache
    ? await cachedCredentials(cache, {
        description,
        ask,
        windowSeconds: typeof window === 'number' ? window : undefined,
        onStale: (error, { expiresAt }) =>
          say(`${describe(error)} The credentials in hand are good until ${new Date(expiresAt).toISOString()}.`),
      })
    : await ask();
  print(JSON.stringify(format(set)));
}

/** What is run to get base credentials may be brs again, for other options. */
function refuseCircle(description: string, profile = 'default'): void {
  const mark = createHash('sha256').update(description).digest('hex').slice(0, 16);
  const marks = process.env[guard]?.split(' ') ?? [];
  if (marks.includes(mark)) throw circleError(profile);
  process.env[guard] = [...marks, mark].join(' ');
}

async function openCache(env: NodeJS.ProcessEnv): Promise<Cache | undefined> {
  try {
    return await Cache.open(env);
  } catch (error) {
    say(`There is no cache, and the source is asked each time: ${describe(error)}`);
    return undefined;
  }
}

function format({ accessKeyId, secretAccessKey, sessionToken, accountId, expiresAt }: StoredSet): object {
  return {
    Version: 1,
    AccessKeyId: accessKeyId,
    SecretAccessKey: secretAccessKey,
    SessionToken: sessionToken,
    ...(expiresAt < Infinity && { Expiration: new Date(expiresAt).toISOString() }),
    ...(accountId && { AccountId: accountId }),
  };
}
