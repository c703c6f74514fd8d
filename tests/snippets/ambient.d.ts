/**
 * What a snippet may use without declaring it. A snippet shows one thing; what every reader knows by then need not be
 * made again in each of them.
 */
import type { S3Client } from '@aws-sdk/client-s3';
import type { RefreshableSession, Strategy, StrategyContext } from '@brs/core';
import type { LocalAws } from '@brs/testkit';

declare global {
  const session: RefreshableSession;
  const s3: S3Client;
  /** The loopback AWS. */
  const aws: LocalAws;

  /** The strategy of one's own that the documentation writes. */
  interface VaultOptions {
    readonly url: string;
    readonly timeoutMs?: number | undefined;
  }
  const options: VaultOptions;
  const createVaultStrategy: (options: VaultOptions, context: StrategyContext) => Strategy;
}
