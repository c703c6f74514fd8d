/** Puts the parts of the loopback AWS together and starts it. */
import { checkHandshake } from './auth/handshake.js';
import { checkIdentityClaims, checkLocalAwsOptions, checkMfaDevice, checkRole, checkUser } from './check-options.js';
import {
  type CredentialProviderParts,
  startCredentialProvider,
  type StartedCredentialProvider,
} from './credential-provider/start-credential-provider.js';
import type { LocalCredentialProviderOptions } from './credential-provider/options.js';
import { CredentialStore } from './credential-store.js';
import { environment } from './environment.js';
import { Faults } from './faults.js';
import { LocalServer } from './http/local-server.js';
import type { LocalAws, LocalAwsWithCredentialProvider } from './local-aws.js';
import type { LocalAwsOptions } from './options.js';
import { userPrincipal } from './principals.js';
import { RequestLog } from './request-log.js';
import { Buckets } from './s3/buckets.js';
import { S3Service } from './s3/s3-service.js';
import { ServerClock } from './server-clock.js';
import { IdentityProvider } from './sts/identity-provider.js';
import { MfaDevices } from './sts/mfa-devices.js';
import { Roles } from './sts/roles.js';
import { isStsRequest, StsService } from './sts/sts-service.js';

const baseUser = 'developer';

/**
 * Starts a loopback AWS on 127.0.0.1: STS and a small S3 that verify what AWS verifies, and answer as AWS answers.
 * Real SDK clients and the AWS CLI work against it unchanged.
 *
 * @throws TypeError when an option cannot be right; rejects when the port is taken.
 *
 * @example
 * ```ts
 * import { ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
 * import { RefreshableSession } from '@brs/core';
 * import '@brs/sts';
 * import { startLocalAws } from '@brs/testkit';
 *
 * await using aws = await startLocalAws({ credentialLifetimeMs: 8_000, buckets: ['reports'] });
 * const session = new RefreshableSession({
 *   method: 'sts',
 *   region: aws.region,
 *   assumeRole: { RoleArn: 'arn:aws:iam::123456789012:role/reader' },
 *   stsClient: { endpoint: aws.endpoint, credentials: aws.baseCredentials },
 * });
 * const s3 = session.client(S3Client, { endpoint: aws.endpoint });
 * await s3.send(new ListBucketsCommand({}));
 * ```
 */
export async function startLocalAws(
  options: LocalAwsOptions & { readonly credentialProvider: true | LocalCredentialProviderOptions },
): Promise<LocalAwsWithCredentialProvider>;
export async function startLocalAws(options?: LocalAwsOptions): Promise<LocalAws>;
export async function startLocalAws(
  options: LocalAwsOptions = {},
): Promise<LocalAws & Partial<LocalAwsWithCredentialProvider>> {
  checkLocalAwsOptions(options);
  const { region = 'us-east-1', accountId = '123456789012', port = 0 } = options;
  let lifetimeMs = options.credentialLifetimeMs;
  const clock = new ServerClock(options.clockOffsetMs ?? 0);
  const store = new CredentialStore();
  const roles = new Roles(options.roles === undefined);
  const mfaDevices = new MfaDevices(clock, baseUser);
  const identityProvider = new IdentityProvider(clock);
  const buckets = new Buckets();
  const faults = new Faults();
  const log = new RequestLog();
  const shared = { clock, store, roles, lifetimeMs: () => lifetimeMs };
  const sts = new StsService({
    ...shared,
    mfaDevices,
    identityProvider,
    disabledRegions: new Set(options.disabledRegions),
  });
  const s3 = new S3Service({ clock, store, buckets });
  const server = new LocalServer({
    clock,
    faults,
    log,
    serviceFor: (request) => (isStsRequest(request) ? sts : s3),
  });

  const addUser: LocalAws['addUser'] = (user) => {
    checkUser(user);
    const { accessKeyId, secretAccessKey } = store.addUser(userPrincipal(user.name, user.accountId ?? accountId));
    return { accessKeyId, secretAccessKey };
  };
  const createBucket: LocalAws['createBucket'] = (name) => {
    if (!buckets.has(name)) buckets.create(name, new Date(clock.now()));
  };
  options.roles?.forEach((role) => roles.put(role));
  options.mfaDevices?.forEach((device) => mfaDevices.add(device));
  options.buckets?.forEach(createBucket);
  const baseCredentials = addUser({ name: baseUser });
  const endpoint = `http://127.0.0.1:${await server.listen(port)}`;
  const devices = await startFor(options.credentialProvider, { ...shared, faults, log }).catch(
    async (error: unknown) => {
      await server.close();
      throw error;
    },
  );
  const close = async (): Promise<void> => {
    await Promise.all([server.close(), devices?.close()]);
  };

  return {
    endpoint,
    region,
    accountId,
    // A copy each time: SDK clients write their marks into static credentials.
    get baseCredentials() {
      return { ...baseCredentials };
    },
    get clockOffsetMs() {
      return clock.offsetMs;
    },
    set clockOffsetMs(offsetMs) {
      checkLocalAwsOptions({ clockOffsetMs: offsetMs });
      clock.offsetMs = offsetMs;
    },
    get credentialLifetimeMs() {
      return lifetimeMs;
    },
    set credentialLifetimeMs(ms) {
      if (ms !== undefined) checkLocalAwsOptions({ credentialLifetimeMs: ms });
      lifetimeMs = ms;
    },
    env: (base = {}) => environment(base, { endpoint, region, baseCredentials }),
    putRole(role) {
      checkRole(role);
      roles.put(role);
    },
    addUser,
    addMfaDevice(device) {
      checkMfaDevice(device);
      mfaDevices.add(device);
    },
    createBucket,
    issueWebIdentityToken(claims = {}) {
      checkIdentityClaims(claims);
      return identityProvider.issueToken(claims);
    },
    issueSamlAssertion(claims = {}) {
      checkIdentityClaims(claims);
      return identityProvider.issueAssertion(claims);
    },
    inject: (fault) => faults.inject(fault),
    revoke: (accessKeyId, as = 'InvalidToken') => store.revoke(accessKeyId, as),
    revokeAll: (as = 'InvalidToken') => store.revokeAll(as),
    verifyHandshake: (request) => checkHandshake(request, store, clock),
    get requests() {
      return log.entries;
    },
    count: (filter = {}) => log.count(filter),
    untilCount: (filter, count, { signal } = {}) => log.untilCount(filter, count, signal),
    on: (event, listener) => log.on(event, listener),
    clearRequests: () => log.clear(),
    ...(devices && { credentialProvider: devices.provider }),
    close,
    [Symbol.asyncDispose]: close,
  };
}

async function startFor(
  option: LocalAwsOptions['credentialProvider'],
  parts: CredentialProviderParts,
): Promise<StartedCredentialProvider | undefined> {
  if (option === undefined || option === false) return undefined;
  return startCredentialProvider(option === true ? {} : option, parts);
}
