/** The environment variables that point a program at the loopback AWS. */
import { devNull } from 'node:os';
import type { LocalAws, LocalCredentials } from './local-aws.js';

export function environment(
  base: Readonly<Record<string, string | undefined>>,
  { endpoint, region, baseCredentials }: Pick<LocalAws, 'endpoint' | 'region'> & { baseCredentials: LocalCredentials },
): Record<string, string> {
  const kept = Object.entries(base).flatMap(([name, value]): [string, string][] =>
    value === undefined || name.startsWith('AWS_') ? [] : [[name, value]],
  );
  return {
    ...Object.fromEntries(kept),
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ACCESS_KEY_ID: baseCredentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: baseCredentials.secretAccessKey,
    AWS_EC2_METADATA_DISABLED: 'true',
    // No profile of the person who runs this gets in between.
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
  };
}
