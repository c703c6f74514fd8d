/** The options of the method, and what can be said about them at construction. What STS limits is left to STS. */
import { checkOptions, InvalidOptionsError, type OptionRule, rule } from '@brs/core';
import type {
  AssumeRoleCommandInput,
  AssumeRoleWithSAMLCommandInput,
  AssumeRoleWithWebIdentityCommandInput,
  GetFederationTokenCommandInput,
  GetSessionTokenCommandInput,
  STSClient,
  STSClientConfig,
} from '@aws-sdk/client-sts';
import { type MfaOptions, mfaRule, sixDigits } from './mfa-options.js';
import type { TokenSource } from './token-source.js';

/** Every field of AssumeRole, in AWS's spelling. */
export interface AssumeRoleOptions extends Omit<AssumeRoleCommandInput, 'RoleArn' | 'RoleSessionName'> {
  /** The role to assume. */
  readonly RoleArn: string;
  /** Shown in CloudTrail. Default: `brs-<function or host>-<process id>-<random>`, the same for the life of the session. */
  readonly RoleSessionName?: string | undefined;
}

/** Every field of AssumeRoleWithWebIdentity, in AWS's spelling. */
export interface AssumeRoleWithWebIdentityOptions
  extends Omit<AssumeRoleWithWebIdentityCommandInput, 'RoleArn' | 'RoleSessionName' | 'WebIdentityToken'> {
  /** The role to assume. */
  readonly RoleArn: string;
  /** The token of the identity provider, a function that gives it, or `{ file }`. Read again at every refresh. */
  readonly WebIdentityToken: TokenSource;
  /** Shown in CloudTrail. Default: `brs-<function or host>-<process id>-<random>`, the same for the life of the session. */
  readonly RoleSessionName?: string | undefined;
}

/** Every field of AssumeRoleWithSAML, in AWS's spelling. */
export interface AssumeRoleWithSAMLOptions
  extends Omit<AssumeRoleWithSAMLCommandInput, 'RoleArn' | 'PrincipalArn' | 'SAMLAssertion'> {
  /** The role to assume. */
  readonly RoleArn: string;
  /** The SAML provider in IAM. */
  readonly PrincipalArn: string;
  /** The assertion in Base64, a function that gives it, or `{ file }`. Read again at every refresh. */
  readonly SAMLAssertion: TokenSource;
}

/** Every field of GetSessionToken, in AWS's spelling. */
export interface GetSessionTokenOptions extends GetSessionTokenCommandInput {}

/** Every field of GetFederationToken, in AWS's spelling. */
export interface GetFederationTokenOptions extends Omit<GetFederationTokenCommandInput, 'Name'> {
  /** The name of the federated user. */
  readonly Name: string;
}

/** How the credentials are obtained: exactly one of these. */
export interface StsOperations {
  /** A role, assumed with the base credentials. */
  readonly assumeRole: AssumeRoleOptions;
  /** A role, assumed with a token of an OpenID Connect provider. Needs no base credentials. */
  readonly assumeRoleWithWebIdentity: AssumeRoleWithWebIdentityOptions;
  /** A role, assumed with a SAML assertion. Needs no base credentials. */
  readonly assumeRoleWithSAML: AssumeRoleWithSAMLOptions;
  /** Temporary credentials of the IAM user whose keys are the base credentials. */
  readonly getSessionToken: GetSessionTokenOptions;
  /** Temporary credentials of a federated user. */
  readonly getFederationToken: GetFederationTokenOptions;
  /**
   * Roles assumed one with the credentials of the other; the last one's are the session's. Each hop is refreshed on its
   * own schedule. AWS lets roles after the first last one hour at most.
   */
  readonly chain: readonly [AssumeRoleOptions, ...AssumeRoleOptions[]];
}

/** Options beside the operation. */
export interface StsCommonOptions {
  /**
   * An `STSClient`, which is used with its own settings and never destroyed, or a configuration for one: `region`,
   * `endpoint`, `requestHandler` (a proxy), `maxAttempts`, …. Default: the session's region and profile, a connection
   * within 3.1 s and an answer within 8 s.
   */
  readonly stsClient?: STSClient | STSClientConfig | undefined;
  /**
   * The base credentials: any provider of the SDK, or the `credentials` of another session. Default: the SDK's default
   * chain, with the session's `profile`.
   */
  readonly credentials?: STSClientConfig['credentials'];
}

type WithMfa = 'assumeRole' | 'getSessionToken' | 'chain';

type Only<Operation extends keyof StsOperations> = Pick<StsOperations, Operation> & {
  readonly [Other in Exclude<keyof StsOperations, Operation>]?: undefined;
} & (Operation extends WithMfa
    ? {
        /** Multi-factor authentication of the base credentials' IAM user. With `chain`: for the first hop. */
        readonly mfa?: MfaOptions | undefined;
      }
    : { readonly mfa?: undefined });

/** The options of `method: 'sts'`: exactly one operation, and what is common to all. */
export type StsOptions = StsCommonOptions & { [Operation in keyof StsOperations]: Only<Operation> }[keyof StsOperations];

/** An operation of STS that gives credentials. */
export type OperationName = Exclude<keyof StsOperations, 'chain'>;

const array: OptionRule = (value) => (Array.isArray(value) ? undefined : 'must be an array');
const seconds = rule.number('seconds');
const tokenCode: OptionRule = (value) => (sixDigits.test(value as string) && typeof value === 'string' ? undefined : 'must be a string of six digits');
const tokenSource: OptionRule = (value, option) => {
  if (typeof value === 'function' || (typeof value === 'string' && value)) return;
  return rule.shape({ file: rule.string }, ['file'])(value, option) && 'must be a token, a function that gives one, or { file }';
};

const policies = { Policy: rule.string, PolicyArns: array, DurationSeconds: seconds, MinimumSessionTokenSize: rule.any };
const mfaFields = { SerialNumber: rule.string, TokenCode: tokenCode };
const role = { RoleArn: rule.string, RoleSessionName: rule.string, ...policies };

/** The rules of every field, checked by the compiler against the SDK's own types. */
const fields: { [Name in OperationName]: Record<keyof Required<StsOperations[Name]>, OptionRule> } = {
  assumeRole: {
    ...role,
    ...mfaFields,
    Tags: array,
    TransitiveTagKeys: array,
    ExternalId: rule.string,
    SourceIdentity: rule.string,
    ProvidedContexts: array,
  },
  assumeRoleWithWebIdentity: { ...role, WebIdentityToken: tokenSource, ProviderId: rule.string },
  assumeRoleWithSAML: { RoleArn: rule.string, PrincipalArn: rule.string, SAMLAssertion: tokenSource, ...policies },
  getSessionToken: { DurationSeconds: seconds, MinimumSessionTokenSize: rule.any, ...mfaFields },
  getFederationToken: { Name: rule.string, Tags: array, ...policies },
};

const required = ['RoleArn', 'PrincipalArn', 'WebIdentityToken', 'SAMLAssertion', 'Name'];

const operationRule =
  (name: OperationName): OptionRule =>
  (value, option) =>
    rule.shape(
      fields[name],
      required.filter((field) => field in fields[name]),
    )(value, option);

/** AWS lets a role that was assumed with another role's credentials last one hour. */
const longestChainedSeconds = 3600;

const chainRule: OptionRule = (value, option) => {
  if (!Array.isArray(value) || !value.length) return 'must be an array with at least one role';
  for (const [index, hop] of (value as AssumeRoleOptions[]).entries()) {
    const name = `${option}[${index}]`;
    const problem = operationRule('assumeRole')(hop, name);
    if (problem) throw new InvalidOptionsError(name, problem);
    if (index && hop.DurationSeconds && hop.DurationSeconds > longestChainedSeconds) {
      throw new InvalidOptionsError(
        `${name}.DurationSeconds`,
        `must be at most ${longestChainedSeconds}: AWS lets a role that is assumed with another role's credentials last one hour, ` +
          'whatever the maximum of the role is; the session refreshes it in time',
      );
    }
  }
};

const operationRules = {
  assumeRole: operationRule('assumeRole'),
  assumeRoleWithWebIdentity: operationRule('assumeRoleWithWebIdentity'),
  assumeRoleWithSAML: operationRule('assumeRoleWithSAML'),
  getSessionToken: operationRule('getSessionToken'),
  getFederationToken: operationRule('getFederationToken'),
  chain: chainRule,
} satisfies Record<keyof StsOperations, OptionRule>;

/** Whether `stsClient` is a client and not a configuration for one. */
export function isClient(value: unknown): value is STSClient {
  return typeof (value as STSClient | undefined)?.send === 'function';
}

const credentialsRule: OptionRule = (value, option) => (typeof value === 'function' ? undefined : rule.object(value, option));

/**
 * Checks the options.
 *
 * @returns the name of the one operation.
 * @throws `InvalidOptionsError` (`INVALID_OPTIONS`) naming the option.
 */
export function checkStsOptions(options: StsOptions): keyof StsOperations {
  checkOptions(options, { ...operationRules, stsClient: rule.object, credentials: credentialsRule, mfa: mfaRule });
  const names = Object.keys(operationRules) as (keyof StsOperations)[];
  const [name, other] = names.filter((candidate) => options[candidate] !== undefined);
  if (!name) throw new InvalidOptionsError(names.join('` or `'), 'is required: give exactly one of them');
  if (other) throw new InvalidOptionsError(other, `and \`${name}\` exclude each other: give exactly one of them`);

  const { stsClient, credentials, mfa } = options;
  if (credentials && isClient(stsClient)) {
    throw new InvalidOptionsError('credentials', 'and a client as `stsClient` exclude each other: the client has credentials of its own');
  }
  if (credentials && (stsClient as STSClientConfig | undefined)?.credentials) {
    throw new InvalidOptionsError('credentials', 'and `stsClient.credentials` exclude each other: give one of them');
  }
  if (mfa) {
    const asked = name === 'chain' ? options.chain?.[0] : options[name];
    if (!asked || !('TokenCode' in fields[name === 'chain' ? 'assumeRole' : name])) {
      throw new InvalidOptionsError('mfa', `does not go with \`${name}\`, which knows no MFA`);
    }
    for (const field of ['SerialNumber', 'TokenCode'] as const) {
      if ((asked as AssumeRoleOptions)[field] !== undefined) throw new InvalidOptionsError(`${name}.${field}`, 'and `mfa` exclude each other: give one of them');
    }
  }
  return name;
}
