/** The session's credentials as a provider for SDK v3 clients, marked so that no client puts its own cache in front. */
import type { AwsCredentialIdentity, AwsCredentialIdentityProvider } from '@smithy/types';
import { brandError, isSessionError, type SessionError } from './errors.js';
import { given } from './options.js';
import type { RefreshEngine } from './refresh/engine.js';

/**
 * The marks that the SDK looks at, read from `resolveAwsSdkSigV4Config` of `@aws-sdk/core` 3.975: `memoized` keeps it from
 * wrapping the provider in its five-minute cache, `configBound` from binding its configuration into every call,
 * `attributed` from wrapping it once more for its own source mark. A client that ignores them still works, with its own window.
 */
const marks = { memoized: true, configBound: true, attributed: true };

/** Makes the provider. It accepts unknown options and honours `forceRefresh`. */
export function providerOf(engine: RefreshEngine): AwsCredentialIdentityProvider {
  const provider = (options?: Record<string, unknown>): Promise<AwsCredentialIdentity> => {
    const credentials = engine.get(options?.forceRefresh === true);
    // The fresh path hands on a promise that is already fulfilled; only one that may fail needs the detour.
    return engine.isFulfilled(credentials) ? credentials : credentials.catch(throwToSdk);
  };
  return Object.assign(provider, marks);
}

/** SDK clients, and chains of providers, know their own error class; it is loaded only now, because it is slow to load. */
async function throwToSdk(error: unknown): Promise<never> {
  if (!isSessionError(error)) throw error;
  const { CredentialsProviderError } = await import('@smithy/core/config');
  const { code, hint, message }: Pick<SessionError, 'code' | 'hint' | 'message'> = error;
  const forSdk = new CredentialsProviderError(message, { tryNextLink: false });
  Object.assign(forSdk, given({ code, hint, cause: error }));
  brandError(forSdk);
  throw forSdk;
}
