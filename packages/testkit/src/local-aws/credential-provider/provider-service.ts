/** The credential provider behind its TLS: who asks, for which role alias, and what that comes to. */
import { X509Certificate } from 'node:crypto';
import type { CredentialStore, IssuedCredentials } from '../credential-store.js';
import { type Answer, jsonAnswer } from '../http/answer.js';
import type { LocalRequest } from '../http/local-request.js';
import { assumedRolePrincipal } from '../principals.js';
import type { ServerClock } from '../server-clock.js';
import type { CallContext, Caller, Service } from '../service.js';
import type { ServiceError } from '../service-error.js';
import { type Roles, trusts } from '../sts/roles.js';
import { certificateIdOf } from './certificate-id.js';
import type { Certificates } from './certificates.js';
import type { LocalRoleAlias } from './options.js';
import {
  accessDenied,
  cannotAssumeRole,
  durationTooLong,
  invalidCertificate,
  invalidThingName,
  noSuchRoleAlias,
  notFound,
  throttled,
} from './provider-error.js';

/** What a role must trust so that devices can use it. */
const principal = 'credentials.iot.amazonaws.com';

/** AWS has no shorter duration. Expirations that are as far away fall on a whole second, as AWS's do. */
const shortestMs = 900_000;

/** What the provider shares with the rest of the server. */
export interface SharedState {
  readonly clock: ServerClock;
  readonly store: CredentialStore;
  readonly roles: Roles;
  /** Overrides the duration of every role alias; may change while the server runs. */
  readonly lifetimeMs: () => number | undefined;
}

/** All that the provider works on. */
export interface ProviderState extends SharedState {
  readonly host: string;
  readonly certificates: Certificates;
  readonly roleAliases: ReadonlyMap<string, LocalRoleAlias>;
  readonly trustForwardedCertificate: boolean;
}

export class ProviderService implements Service {
  readonly name = 'credential-provider';
  readonly contentType = 'application/json';

  constructor(private readonly state: ProviderState) {}

  actionOf(request: LocalRequest): string {
    return roleAliasOf(request) === undefined ? 'Unknown' : 'AssumeRoleWithCertificate';
  }

  callerOf(request: LocalRequest): Caller {
    const certificateId = request.clientCertificateId ?? this.#forwardedCertificateId(request);
    return certificateId === undefined ? {} : { certificateId };
  }

  async handle(request: LocalRequest, { requestId, issueExpired }: CallContext): Promise<Answer> {
    const { host, roleAliases, certificates, roles } = this.state;
    const roleAlias = roleAliasOf(request);
    const hostname = request.headers['host']?.replace(/:\d*$/, '').toLowerCase();
    if (roleAlias === undefined || hostname !== host) throw notFound();
    const { certificateId = '' } = this.callerOf(request);
    const certificate = certificates.find(certificateId);
    if (certificate?.status !== 'ACTIVE') throw invalidCertificate();
    const thingName = request.headers['x-amzn-iot-thingname'];
    if (thingName !== undefined && !certificate.things.has(thingName)) throw invalidThingName();
    if (!certificate.mayUse(roleAlias)) throw accessDenied();
    const alias = roleAliases.get(roleAlias);
    if (!alias) throw noSuchRoleAlias();
    const role = roles.find(alias.roleArn);
    if (!role || role.requireMfa || !trusts(role, [principal])) throw cannotAssumeRole();
    const { durationSeconds = Math.min(3600, role.maxDurationSeconds) } = alias;
    if (durationSeconds > role.maxDurationSeconds) throw durationTooLong();
    const caller = assumedRolePrincipal(role, certificateId, {
      mfa: false,
      ...(role.allow && { allow: role.allow }),
    });
    const { store } = this.state;
    const issued = store.issue(caller, this.#expiresAt(durationSeconds, issueExpired));
    return jsonAnswer(200, { credentials: credentialsElement(issued) }, { 'x-amzn-RequestId': requestId });
  }

  errorAnswer(error: ServiceError, _request: LocalRequest, requestId: string): Answer {
    const headers = { 'x-amzn-RequestId': requestId, 'x-amzn-ErrorType': error.code };
    return { ...jsonAnswer(error.status, { message: error.message }, headers), code: error.code };
  }

  throttled(): ServiceError {
    return throttled();
  }

  #expiresAt(durationSeconds: number, issueExpired: boolean): number {
    const { clock, lifetimeMs } = this.state;
    const now = clock.now();
    if (issueExpired) return now - 1000;
    const lifetime = lifetimeMs() ?? durationSeconds * 1000;
    return lifetime < shortestMs ? now + lifetime : Math.floor((now + lifetime) / 1000) * 1000;
  }

  #forwardedCertificateId({ headers }: LocalRequest): string | undefined {
    const forwarded = headers['x-forwarded-client-cert'];
    if (!this.state.trustForwardedCertificate || forwarded === undefined) return undefined;
    try {
      return certificateIdOf(new X509Certificate(decodeURIComponent(forwarded)));
    } catch {
      // A header that is no certificate is nobody's, and is answered as such.
      return undefined;
    }
  }
}

/** The role alias of a request, decoded; `undefined` when it asks for something else. */
function roleAliasOf({ method, rawPath }: LocalRequest): string | undefined {
  const [, encoded] = /^\/role-aliases\/([^/]+)\/credentials$/.exec(rawPath) ?? [];
  if (method !== 'GET' || encoded === undefined) return undefined;
  try {
    return decodeURIComponent(encoded);
  } catch {
    // Not a path that anybody has encoded.
    return undefined;
  }
}

function credentialsElement(issued: IssuedCredentials): Record<string, string> {
  const { accessKeyId, secretAccessKey, sessionToken, expiresAt } = issued;
  const expiration = new Date(expiresAt).toISOString().replace('.000Z', 'Z');
  return { accessKeyId, secretAccessKey, sessionToken, expiration };
}
