/** Importing this package makes `method: 'sts'` known to every session of the process, and to the compiler. */
import './register.js';

export { StsError } from './errors.js';
export type { MfaCommandOptions, MfaOptions, MfaTokenContext, MfaTokenSource } from './mfa-options.js';
export type {
  AssumeRoleOptions,
  AssumeRoleWithSAMLOptions,
  AssumeRoleWithWebIdentityOptions,
  GetFederationTokenOptions,
  GetSessionTokenOptions,
  StsCommonOptions,
  StsOperations,
  StsOptions,
} from './options.js';
export type { TokenContext, TokenSource } from './token-source.js';
export { totp, type TotpOptions } from './totp.js';
