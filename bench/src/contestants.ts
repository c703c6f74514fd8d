/** The three ways to credentials that are compared, each set up as its users set it up, all against one loopback AWS. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { S3Client } from '@aws-sdk/client-s3';
import { fromNodeProviderChain, fromTemporaryCredentials } from '@aws-sdk/credential-providers';
import { RefreshableSession } from '@brs/core';
import '@brs/sts';
import type { AwsCredentialIdentityProvider } from '@smithy/types';
import type { ContestantName } from './figure.js';
import type { RemoteAws } from './remote-aws.js';

/** One way to credentials. */
export interface Contestant {
  /** The one provider that every client shares. */
  readonly provider: AwsCredentialIdentityProvider;
  /** A client as users of this way make one. */
  client(): S3Client;
  /** So many clients of one's own on the one provider. */
  clients(count: number): S3Client[];
  /** When the sets that these clients hold are due for a refresh: the opening of the window, in epoch milliseconds. */
  dueAt(clients: readonly S3Client[]): Promise<number>;
  close(): Promise<void>;
}

/** What a contestant needs to know. */
export interface ContestantSettings {
  readonly aws: RemoteAws;
  /** How long the credentials live that are asked for, in seconds. */
  readonly lifetimeSeconds: number;
  /** An empty folder for configuration files. */
  readonly folder: string;
}

const RoleArn = 'arn:aws:iam::123456789012:role/bench';

/** How long before expiry an SDK client asks its provider again. */
const sdkWindowMs = 300_000;

const makers: Record<ContestantName, (settings: ContestantSettings) => Contestant> = {
  explicit({ aws, lifetimeSeconds }) {
    return ofSdk(
      aws,
      fromTemporaryCredentials({
        masterCredentials: aws.baseCredentials,
        params: { RoleArn, DurationSeconds: lifetimeSeconds },
        clientConfig: { region: aws.region, endpoint: aws.endpoint },
      }),
    );
  },

  best({ aws, lifetimeSeconds, folder }) {
    const { accessKeyId, secretAccessKey } = aws.baseCredentials;
    const file = join(folder, 'config');
    const settings = `region = ${aws.region}\nendpoint_url = ${aws.endpoint}\n`;
    const role = `role_arn = ${RoleArn}\nsource_profile = base\nduration_seconds = ${lifetimeSeconds}\n`;
    const keys = `aws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n`;
    // The STS client inside the SDK's chain looks for its endpoint in the default profile, not in the one that it was named.
    const config = `[default]\n${settings}[profile bench]\n${role}${settings}[profile base]\n${keys}`;
    writeFileSync(file, config, { mode: 0o600 });
    process.env.AWS_CONFIG_FILE = file;
    return ofSdk(aws, fromNodeProviderChain({ profile: 'bench' }));
  },

  ours({ aws, lifetimeSeconds }) {
    const session = new RefreshableSession({
      method: 'sts',
      region: aws.region,
      assumeRole: { RoleArn, DurationSeconds: lifetimeSeconds },
      stsClient: { endpoint: aws.endpoint },
      credentials: aws.baseCredentials,
    });
    const provider = session.credentials;
    return {
      provider,
      client: () => session.client(S3Client, { endpoint: aws.endpoint }),
      clients: (count) => ownClients(aws, provider, count),
      dueAt: () => Promise.resolve(session.status().advisoryAt?.getTime() ?? Infinity),
      close: () => session.close(),
    };
  },
};

export function makeContestant(name: ContestantName, settings: ContestantSettings): Contestant {
  return makers[name](settings);
}

function ofSdk(aws: RemoteAws, provider: AwsCredentialIdentityProvider): Contestant {
  return {
    provider,
    client: () => ownClients(aws, provider, 1)[0] as S3Client,
    clients: (count) => ownClients(aws, provider, count),
    async dueAt(clients) {
      const sets = await Promise.all(clients.map((client) => client.config.credentials()));
      return Math.max(...sets.map(({ expiration }) => (expiration?.getTime() ?? Infinity) - sdkWindowMs));
    },
    close: () => Promise.resolve(),
  };
}

function ownClients(
  { region, endpoint }: RemoteAws,
  credentials: AwsCredentialIdentityProvider,
  count: number,
): S3Client[] {
  return Array.from({ length: count }, () => new S3Client({ region, endpoint, credentials }));
}
