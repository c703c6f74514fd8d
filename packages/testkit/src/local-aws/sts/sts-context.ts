/** What the STS calls work on. */
import type { CredentialStore, IssuedCredentials } from '../credential-store.js';
import type { Principal } from '../principals.js';
import type { ServerClock } from '../server-clock.js';
import type { XmlContent, XmlElements } from '../xml.js';
import type { IdentityProvider } from './identity-provider.js';
import type { MfaDevices } from './mfa-devices.js';
import type { Parameters } from './parameters.js';
import type { Roles } from './roles.js';

/** The parts of the server that STS needs. */
export interface StsState {
  readonly clock: ServerClock;
  readonly store: CredentialStore;
  readonly roles: Roles;
  readonly mfaDevices: MfaDevices;
  readonly identityProvider: IdentityProvider;
  readonly disabledRegions: ReadonlySet<string>;
  /** Overrides what clients ask for; may change while the server runs. */
  readonly lifetimeMs: () => number | undefined;
}

/** One call. */
export interface StsCall {
  readonly state: StsState;
  readonly parameters: Parameters;
  /** Issues credentials for as long as was asked for, or for as long as the server was told to. */
  readonly issue: (principal: Principal, durationSeconds: number) => IssuedCredentials;
}

/** A call that only somebody with credentials can make. */
export interface SignedStsCall extends StsCall {
  readonly caller: Principal;
}

/** The result's child elements. */
export type StsResult = XmlElements;

/**
 * What every result says of the credentials that it brings: `Credentials`, whose expiration keeps its milliseconds, and
 * how large their token is. `packedPercent` is what policies and tags take of the room that they have.
 */
export function issuedElements(credentials: IssuedCredentials, packedPercent?: number): XmlElements {
  return {
    Credentials: {
      AccessKeyId: credentials.accessKeyId,
      SecretAccessKey: credentials.secretAccessKey,
      SessionToken: credentials.sessionToken,
      Expiration: new Date(credentials.expiresAt).toISOString(),
    },
    PackedPolicySize: packedPercent,
    SessionTokenUtilization: packedPercent ?? 0,
    SessionTokenSize: credentials.sessionToken.length,
  };
}

/** `AssumedRoleUser` of a result. */
export function assumedRoleUserElement({ arn, userId }: Principal): XmlContent {
  return { AssumedRoleId: userId, Arn: arn };
}
