/** Makes a session of options, whatever they were given by. What is wrong with one is said together with where it stands. */
import { dirname } from 'node:path';
import { RefreshableSession, type RefreshableSessionOptions } from '@brs/core';
import { CliError } from '../cli-error.js';
import type { Options } from '../config/option-path.js';
import { withOrigin } from '../config/origin.js';
import type { ResolvedSession } from '../config/resolve.js';
import { circleError, circleIn } from './circle.js';
import { withIdentity } from './identity.js';
import { loadMethod } from './load-method.js';
import { type MfaPlan, planMfa } from './mfa.js';
import type { SharedStsClients } from './shared-sts.js';
import { resolveValues } from './values.js';

/** What a command wants of its session. An option that the user gave is stronger. */
export interface SessionNeeds {
  readonly env: NodeJS.ProcessEnv;
  /** Options of the session. */
  readonly defaults?: Options;
  /** What the base of the session is asked through, where it has one that a person has to unlock: a cache, for one. */
  readonly throughBase?: (base: RefreshableSession, options: Options) => RefreshableSession['credentials'];
  /** Where the sessions are many. */
  readonly stsClients?: SharedStsClients | undefined;
}

/** A session, and the one below it where there is one. */
export interface OpenSession {
  readonly session: RefreshableSession;
  close(): Promise<void>;
}

/** Opens what was planned. Options that are given here are stronger than all others. */
type Plan = (stronger?: Options) => OpenSession;

/**
 * @throws CliError for a package that is missing, and for an option that is wrong: with the flag, the variable or the
 * line that gave it.
 */
export async function openSession(resolved: ResolvedSession, needs: SessionNeeds): Promise<OpenSession> {
  const open = await planSession(resolved, needs);
  return namingOrigins(resolved, open);
}

/**
 * Does all of {@link openSession} that can fail, and leaves the rest, which asks the source, for later.
 *
 * @throws what {@link openSession} throws.
 */
export async function prepareSession(resolved: ResolvedSession, needs: SessionNeeds): Promise<() => OpenSession> {
  const open = await planSession(resolved, needs);
  // It asks nobody, holds nothing, and is forgotten.
  namingOrigins(resolved, () => open({ deferRefresh: true }));
  return () => namingOrigins(resolved, open);
}

async function planSession(
  resolved: ResolvedSession,
  { env, defaults, throughBase, stsClients }: SessionNeeds,
): Promise<Plan> {
  leaveProfileToUs(resolved);
  try {
    const values = await resolveValues(resolved.options, env);
    const {
      method = 'sts',
      fromSdkProfile,
      ...options
    } = values as Options & { method?: string; fromSdkProfile?: string };
    const folders = [...(resolved.configPath ? [dirname(resolved.configPath)] : []), process.cwd()];
    if (fromSdkProfile !== undefined) {
      const given = {
        method: await loadMethod('custom', folders),
        source: sdkProfile(fromSdkProfile),
        ...options,
      };
      return (stronger) => open({ ...defaults, ...given, ...stronger });
    }
    const name = await loadMethod(method, folders);
    const { base, session }: MfaPlan =
      name === 'sts' ? planMfa(options) : { session: await withIdentity(options, name, folders) };
    if (!base) {
      const whole = (name === 'sts' && (await stsClients?.addTo(session))) || session;
      return (stronger) => open({ ...defaults, ...whole, ...stronger, method: name });
    }
    return (stronger) => {
      const below = open(base);
      const credentials = throughBase?.(below.session, base) ?? below.session.credentials;
      const above = open({ ...defaults, ...session, ...stronger, method: name, credentials });
      return {
        session: above.session,
        async close() {
          await above.close();
          await below.close();
        },
      };
    };
  } catch (error) {
    throw withOrigin(error, resolved);
  }
}

function namingOrigins<Value>(resolved: ResolvedSession, open: () => Value): Value {
  try {
    return open();
  } catch (error) {
    throw withOrigin(error, resolved);
  }
}

/** `AWS_PROFILE` that names a profile of ours would be taken for the base by the SDK, and may lead back to us. */
export function leaveProfileToUs({ profile, isOwnProfile }: ResolvedSession): void {
  for (const name of ['AWS_PROFILE', 'AWS_DEFAULT_PROFILE']) {
    if (isOwnProfile && process.env[name] === profile) delete process.env[name];
  }
}

function open(options: Options): OpenSession {
  // Which options there are is the package's to say, and it does: it refuses what it does not know.
  const session = new RefreshableSession(options as unknown as RefreshableSessionOptions);
  return { session, close: () => session.close() };
}

/** The SDK's own provider of a profile: for IAM Identity Center, a process, or what else stands in the shared files. */
function sdkProfile(profile: string): () => Promise<unknown> {
  return async () => {
    const { fromIni } = await import('@aws-sdk/credential-provider-ini');
    // `ignoreCache`: a profile may have been changed since, by a login for one.
    try {
      return await fromIni({ profile, ignoreCache: true })();
    } catch (error) {
      if (!(error instanceof Error && error.message.startsWith('Command failed'))) throw error;
      const circle = circleIn(error.message);
      if (circle) throw circleError(circle, 'unavailable');
      // The message is the command line and what the command has printed: either can be secret.
      throw new CliError('unavailable', `The command of the profile '${profile}' (credential_process) has failed.`, {
        hint: 'Run it by itself to see why.',
      });
    }
  };
}
