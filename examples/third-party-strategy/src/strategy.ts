/** The strategy: asks the server once each time it is told to, and says what a failure means. The session does the rest. */
import { defineStrategy, type FailureClass, type Strategy } from '@brs/core';
import { checkVaultOptions, type VaultOptions } from './options.js';
import { requestCredentials, VaultError } from './vault-api.js';

/** @throws InvalidOptionsError for an option that is unknown, missing or bad. */
export function createVaultStrategy(options: VaultOptions): Strategy {
  checkVaultOptions(options);
  return defineStrategy({
    name: 'vault',
    acquire: ({ signal }) => requestCredentials(options, signal),
    identity: async ({ credentials }) => ({ method: 'vault', account: (await credentials()).accountId }),
    classify,
  });
}

const hints: Record<number, string> = {
  401: 'The token has ended or was never good: log in to the server again.',
  403: 'The token may not use this role: ask whoever runs the server for a policy that lets it.',
  404: 'The server has no such role: check the option `role`.',
};

function classify(error: unknown): FailureClass {
  if (!(error instanceof VaultError)) return { kind: 'recoverable' };
  const hint = hints[error.status ?? 0];
  return hint ? { kind: 'terminal', hint } : { kind: 'recoverable', retryAfterMs: error.retryAfterMs };
}
