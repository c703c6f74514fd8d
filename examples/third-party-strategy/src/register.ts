/** Registers the method, and tells the compiler its options. */
import { registerMethod } from '@brs/core';
import type { VaultOptions } from './options.js';
import { createVaultStrategy } from './strategy.js';

declare module '@brs/core' {
  interface SessionMethods {
    vault: VaultOptions;
  }
}

registerMethod<VaultOptions>({ method: 'vault', packageName: '@acme/brs-vault', create: createVaultStrategy });
