/** What `startLocalAws` can be told. Every value has a default: `startLocalAws()` alone is a complete AWS with one user. */
import type { LocalCredentialProviderOptions } from './credential-provider/options.js';

/** A role that can be assumed. */
export interface LocalRole {
  /** `arn:aws:iam::123456789012:role/reader`. */
  readonly arn: string;
  /**
   * Who may assume it: account ids, ARNs of users, roles, role sessions and federated users, the issuer of a web
   * identity, the ARN of a SAML provider, `credentials.iot.amazonaws.com` for devices, or `'*'`. Default: `['*']`. An empty list trusts nobody.
   */
  readonly trust?: readonly string[];
  /** The external id that AssumeRole must bring. Default: none is asked for. */
  readonly externalId?: string;
  /** Whether AssumeRole needs a one-time code. Default: false. */
  readonly requireMfa?: boolean;
  /** The shortest session, in seconds, from 1. Default: 1; AWS has 900. */
  readonly minDurationSeconds?: number;
  /** The longest session, in seconds. Default: 43200, the most that AWS allows. */
  readonly maxDurationSeconds?: number;
  /** The S3 actions that its sessions may use, such as `'s3:GetObject'`. Default: all. */
  readonly allow?: readonly string[];
}

/** An IAM user. */
export interface LocalUser {
  /** 1 to 64 of `[\w+=,.@-]`. */
  readonly name: string;
  /** Twelve digits. Default: the server's account. */
  readonly accountId?: string;
}

/** A device that makes one-time codes. Each code is good once. */
export type LocalMfaDevice = {
  /** `arn:aws:iam::123456789012:mfa/developer`, 9 to 256 characters. */
  readonly serialNumber: string;
  /** The name of the user that it belongs to. Default: the base user. */
  readonly user?: string;
} & (
  | {
      /** The shared secret in base32: the device makes six-digit codes every 30 seconds (RFC 6238, SHA-1). */
      readonly totpSecret: string;
    }
  | {
      /** The codes that are accepted, in any order. */
      readonly codes: readonly string[];
    }
);

/** The options of `startLocalAws`. */
export interface LocalAwsOptions {
  /** The region that clients are told. Requests signed for any other are served too. Default: `us-east-1`. */
  readonly region?: string;
  /** The account of the base user, twelve digits. Default: `123456789012`. */
  readonly accountId?: string;
  /** The port on 127.0.0.1. Default: 0, a free one. */
  readonly port?: number;
  /**
   * How long the credentials that are issued live, in milliseconds from 1, whatever the client asks for or a role alias
   * says. Default: as asked for.
   */
  readonly credentialLifetimeMs?: number;
  /** How far the server's clock is ahead of the machine's, in milliseconds; negative when it is behind. Default: 0. */
  readonly clockOffsetMs?: number;
  /** The only roles there are. Default: every role of every account exists and trusts everybody. */
  readonly roles?: readonly LocalRole[];
  /** Devices for one-time codes. Default: none. */
  readonly mfaDevices?: readonly LocalMfaDevice[];
  /** S3 buckets that exist from the start. Default: none. */
  readonly buckets?: readonly string[];
  /** Regions in which STS answers RegionDisabledException. Default: none. */
  readonly disabledRegions?: readonly string[];
  /** The AWS IoT credential provider, on a port of its own; `true` for all its defaults. Default: false. */
  readonly credentialProvider?: boolean | LocalCredentialProviderOptions;
}
