export * from './contract.js';
export { checkOptions, describeType, rule, type OptionRule } from './options.js';
export {
  CredentialsDeniedError,
  CredentialsExpiredError,
  InvalidCredentialsError,
  InvalidOptionsError,
  InvalidStrategyError,
  isSessionError,
  MethodConflictError,
  NoDefaultSessionError,
  RefreshFailedError,
  RefreshTimeoutError,
  type SessionError,
  SessionClosedError,
  UnknownMethodError,
} from './errors.js';
export { listMethods, registerMethod, type RegisteredMethod } from './registry.js';
export type {
  ClientCacheOptions,
  CommonSessionOptions,
  MethodSessionOptions,
  RefreshableSessionOptions,
  StrategySessionOptions,
} from './session-options.js';
