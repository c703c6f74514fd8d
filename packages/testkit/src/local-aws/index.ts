/** The public face of the loopback AWS: exports only. */
export type { HandshakeRequest } from './auth/handshake.js';
export type { LocalCredentialProvider, LocalHandshakes } from './credential-provider/local-credential-provider.js';
export type {
  LocalCertificate,
  LocalCertificateOptions,
  LocalCertificateStatus,
  LocalCredentialProviderOptions,
  LocalDevice,
  LocalDeviceOptions,
  LocalRoleAlias,
  LocalServerCertificate,
  LocalTlsVersion,
} from './credential-provider/options.js';
export type { RevokedAs } from './credential-store.js';
export type { Fault, FaultHandle, FaultKind, FaultScope } from './faults.js';
export type { LocalAws, LocalAwsWithCredentialProvider, LocalCredentials } from './local-aws.js';
export type { LocalAwsOptions, LocalMfaDevice, LocalRole, LocalUser } from './options.js';
export type { LoggedRequest, RequestEvent, RequestFilter, RequestListener } from './request-log.js';
export type { ServiceName } from './service.js';
export { startLocalAws } from './start-local-aws.js';
export type { IdentityClaims } from './sts/identity-provider.js';
