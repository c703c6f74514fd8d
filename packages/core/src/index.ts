export * from './contract.js';
export {
  materialOf,
  type PemMaterial,
  type PemTlsIdentity,
  type Pkcs11Material,
  type Pkcs11TlsIdentity,
  type TlsIdentity,
  tlsIdentityRule,
  type TlsMaterial,
  type TlsRequest,
  type TlsResponse,
} from './tls-identity.js';
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
export { defineStrategy, type StrategyDefinition } from './define-strategy.js';
export type { Credentials } from './credentials.js';
export {
  type EventBase,
  type RefreshEvent,
  type SessionEventName,
  sessionEventNames,
  type SessionEvents,
} from './events.js';
export type { RefreshWindow } from './refresh/decide.js';
export type { ClientClass, ClientConfig } from './client-cache.js';
export type { SdkClient } from './client-recovery.js';
export { RefreshableSession, type SessionStatus, type WaitOptions } from './session.js';
export { client, getDefaultSession, setDefaultSession } from './default-session.js';
