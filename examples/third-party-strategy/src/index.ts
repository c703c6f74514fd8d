/** Importing this module makes `method: 'vault'` known. */
import './register.js';

export type { VaultOptions } from './options.js';
export { createVaultStrategy } from './strategy.js';
export { VaultError } from './vault-api.js';
