/** The options of the method, and all that can be said about them at construction. Nothing here touches the network. */
import {
  checkOptions,
  InvalidOptionsError,
  type OptionRule,
  rule,
  type TlsIdentity,
  tlsIdentityRule,
  type TlsRequest,
} from '@brs/core';
import { endpointHint, endpointProblem } from './endpoint.js';
import { readAll } from './file-identity.js';
import { readCertificates } from './pair.js';
import { contentsRule, type PemOptions, pemRules } from './pem.js';

/** Where the credential provider is, and what it is asked for. */
export interface ProviderOptions {
  /**
   * The host of the account's credential provider, `<prefix>.credentials.iot.<region>.amazonaws.com`, or a host of your own.
   * `aws iot describe-endpoint --endpoint-type iot:CredentialProvider` says it.
   */
  readonly endpoint: string;
  /** The name of the role alias: 1 to 128 of letters, digits and `_=,@-`. */
  readonly roleAlias: string;
  /** The name of the thing: 1 to 128 of letters, digits and `:_-`. Needed where policies use thing attributes. */
  readonly thingName?: string | undefined;
  /**
   * How long the credentials should live, in seconds. Sent as a header that AWS does not document: the role alias decides.
   * Default: not sent.
   */
  readonly durationSeconds?: number | undefined;
  /** The authorities for the server's certificate, in place of Node's: a path, PEM text or bytes. Read once, at construction. */
  readonly ca?: string | Uint8Array | undefined;
  /** 1 to 65,535. Default 443. */
  readonly port?: number | undefined;
  /**
   * For one whole answer, in milliseconds. Default 10,000: a third of the time that a refresh has, so that the reason is
   * told in time and a caller that waits is served by the next try.
   */
  readonly timeoutMs?: number | undefined;
  /** The oldest version of TLS. Default `TLSv1.2`, which is all that a key in a token can do. */
  readonly minTlsVersion?: 'TLSv1.2' | 'TLSv1.3' | undefined;
  /** An HTTP proxy to tunnel through: `http://user:password@proxy.example.com:3128`. Default: none; the environment is not asked. */
  readonly proxy?: string | undefined;
  /**
   * `true` accepts every server, which then can be anybody. The session emits the notice `SERVER_NOT_VERIFIED`. For a test
   * bench, never for a device in the field. Default `false`.
   */
  readonly dangerouslyDisableServerVerification?: boolean | undefined;
}

/** Who the device is: an identity that was made before, by `pem()`, `pkcs12()` or `@brs/pkcs11`. */
export interface IdentityOption {
  readonly identity: TlsIdentity;
  readonly certificate?: undefined;
  readonly privateKey?: undefined;
  readonly passphrase?: undefined;
}

/** The options of `method: 'iot-x509'`: the provider, and either `certificate` and `privateKey` or `identity`. */
export type IotX509Options = ProviderOptions & (IdentityOption | (PemOptions & { readonly identity?: undefined }));

const matches =
  (pattern: RegExp, what: string): OptionRule =>
  (value, option) =>
    rule.string(value, option) ?? (pattern.test(value as string) ? undefined : `must be ${what}`);

const whole =
  (unit: string, max = Infinity): OptionRule =>
  (value, option) =>
    rule.number(unit, { max })(value, option) ?? (Number.isInteger(value) ? undefined : 'must be a whole number');

const proxyRule: OptionRule = (value) => {
  try {
    const { protocol, pathname, username, password } = new URL(value as string);
    // The user and the password are decoded when they are used.
    decodeURIComponent(username + password);
    if (protocol === 'http:' && pathname === '/') return undefined;
  } catch {
    // What is wrong with it is not said: it may hold a password.
  }
  return 'must be a URL http://<host>:<port>';
};

const rules: Record<string, OptionRule> = {
  ...pemRules,
  identity: tlsIdentityRule,
  endpoint: rule.string,
  roleAlias: matches(/^[\w=,@-]{1,128}$/, '1 to 128 of letters, digits and _=,@-: its name, not its ARN'),
  thingName: matches(/^[\w:-]{1,128}$/, '1 to 128 of letters, digits and :_-'),
  durationSeconds: whole('seconds'),
  ca: contentsRule,
  port: whole('a port', 65_535),
  timeoutMs: rule.number('milliseconds', { max: 2 ** 31 - 1 }),
  minTlsVersion: rule.oneOf('TLSv1.2', 'TLSv1.3'),
  proxy: proxyRule,
  dangerouslyDisableServerVerification: rule.boolean,
};

/**
 * Checks the options.
 *
 * @throws InvalidOptionsError (`INVALID_OPTIONS`) naming the option.
 */
export function checkIotX509Options(options: IotX509Options): void {
  checkOptions(options, rules, { required: ['endpoint', 'roleAlias'] });
  const { endpoint, identity, minTlsVersion } = options;
  const problem = endpointProblem(endpoint);
  if (problem) throw new InvalidOptionsError('endpoint', problem, { hint: endpointHint });
  if (identity?.kind === 'pkcs11' && minTlsVersion === 'TLSv1.3') {
    throw new InvalidOptionsError('minTlsVersion', 'must be TLSv1.2 for a key in a token');
  }
  for (const name of ['certificate', 'privateKey', 'passphrase'] as const) {
    if (identity ? options[name] : !options[name] && name !== 'passphrase') {
      throw new InvalidOptionsError(
        name,
        identity ? 'and `identity` exclude each other' : 'is required, or `identity` in its place',
      );
    }
  }
}

/** What every request of a session has in common. */
export type RequestBase = Omit<TlsRequest, 'signal'>;

/**
 * The request that the options ask for. Reads the file of `ca`.
 *
 * @throws InvalidOptionsError when `ca` holds no certificate.
 */
export function requestOf(options: ProviderOptions, maxBodyBytes: number): RequestBase {
  const { endpoint, roleAlias, thingName, durationSeconds, ca, port = 443, timeoutMs = 10_000 } = options;
  return {
    host: endpoint.toLowerCase(),
    port,
    path: `/role-aliases/${encodeURIComponent(roleAlias)}/credentials`,
    headers: {
      accept: 'application/json',
      ...(thingName && { 'x-amzn-iot-thingname': thingName }),
      ...(durationSeconds && { 'x-amzn-iot-credential-duration-seconds': String(durationSeconds) }),
    },
    ca: ca && readCertificates(readAll({ ca })[0] as Buffer, 'ca'),
    verifyServer: !options.dangerouslyDisableServerVerification,
    minTlsVersion: options.minTlsVersion ?? 'TLSv1.2',
    proxy: options.proxy,
    timeoutMs,
    maxBodyBytes,
  };
}
