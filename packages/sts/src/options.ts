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
import { isMfaCode, type MfaOptions, mfaRule } from './mfa-options.js';
import type { TokenSource } from './token-source.js';

/** Every field of AssumeRole, in AWS's spelling. */
export interface AssumeRoleOptions extends Omit<AssumeRoleCommandInput, 'RoleArn' | 'RoleSessionName'> {
  /** The role to assume. */
  readonly RoleArn: string;
  /** Shown in CloudTrail. Default: `brs-<function or host>-<process id>-<random>`, the same for the life of the session. */
  readonly RoleSessionName?: string | undefined;
}

/** Every field of AssumeRoleWithWebIdentity, in AWS's spelling. */
export interface AssumeRoleWithWebIdentityOptions extends Omit<
  AssumeRoleWithWebIdentityCommandInput,
  'RoleArn' | 'RoleSessionName' | 'WebIdentityToken'
> {
  /** The role to assume. */
  readonly RoleArn: string;
  /** The token of the identity provider, a function that gives it, or `{ file }`. Read again at every refresh. */
  readonly WebIdentityToken: TokenSource;
  /** Shown in CloudTrail. Default: `brs-<function or host>-<process id>-<random>`, the same for the life of the session. */
  readonly RoleSessionName?: string | undefined;
}

/** Every field of AssumeRoleWithSAML, in AWS's spelling. */
export interface AssumeRoleWithSAMLOptions extends Omit<
  AssumeRoleWithSAMLCommandInput,
  'RoleArn' | 'PrincipalArn' | 'SAMLAssertion'
> {
  /** The role to assume. */
  readonly RoleArn: string;
  /** The SAML provider in IAM. */
  readonly PrincipalArn: string;
  /** The assertion in Base64, a function that gives it, or `{ file }`. Read again at every refresh. */
  readonly SAMLAssertion: TokenSource;
}

/** Every field of GetSessionToken, in AWS's spelling. */
export type GetSessionTokenOptions = GetSessionTokenCommandInput;

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
   * `endpoint`, `requestHandler` (a proxy), `maxAttempts`, …. Default: the session's region and profile, an answer
   * within 8 s.
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
export type StsOptions = StsCommonOptions &
  { [Operation in keyof StsOperations]: Only<Operation> }[keyof StsOperations];

/** An operation of STS that gives credentials. */
export type OperationName = Exclude<keyof StsOperations, 'chain'>;

const array: OptionRule = (value) => (Array.isArray(value) ? undefined : 'must be an array');
const tokenSource: OptionRule = (value) => {
  const text = (value as { file?: unknown } | null)?.file ?? value;
  if (typeof value !== 'function' && rule.string(text, '')) {
    return 'must be a token, a function that gives one, or { file }';
  }
};
const tokenCode: OptionRule = (value) => (isMfaCode(value) ? undefined : 'must be a string of six digits');

const { string } = rule;
const common = { DurationSeconds: rule.number('seconds'), MinimumSessionTokenSize: rule.any };
const policies = { ...common, Policy: string, PolicyArns: array };
const device = { SerialNumber: string, TokenCode: tokenCode };

/** The rule of an operation, with a rule for every field and nothing but fields: the compiler holds it against the SDK's types. */
const operation = rule.shape as <Name extends OperationName>(
  fields: Record<keyof Required<StsOperations[Name]>, OptionRule>,
  required?: (keyof StsOperations[Name])[],
) => OptionRule;

const chainRule: OptionRule = (value, option) => {
  if (!Array.isArray(value) || !value.length) return 'must be an array of roles';
  for (const [index, hop] of (value as AssumeRoleOptions[]).entries()) {
    const required = [String(index)];
    checkOptions({ [index]: hop }, { [index]: operations.assumeRole }, { path: `${option}.`, required });
    if (index && Number(hop.DurationSeconds) > 3600) {
      throw new InvalidOptionsError(
        `${option}.${index}.DurationSeconds`,
        'must be at most 3600: a role assumed with the credentials of a role lasts one hour at most',
      );
    }
  }
};

const operations: Record<keyof StsOperations, OptionRule> = {
  assumeRole: operation<'assumeRole'>(
    {
      RoleArn: string,
      RoleSessionName: string,
      ...policies,
      ...device,
      Tags: array,
      TransitiveTagKeys: array,
      ExternalId: string,
      SourceIdentity: string,
      ProvidedContexts: array,
    },
    ['RoleArn'],
  ),
  assumeRoleWithWebIdentity: operation<'assumeRoleWithWebIdentity'>(
    {
      RoleArn: string,
      RoleSessionName: string,
      WebIdentityToken: tokenSource,
      ProviderId: string,
      ...policies,
    },
    ['RoleArn', 'WebIdentityToken'],
  ),
  assumeRoleWithSAML: operation<'assumeRoleWithSAML'>(
    { RoleArn: string, PrincipalArn: string, SAMLAssertion: tokenSource, ...policies },
    ['RoleArn', 'PrincipalArn', 'SAMLAssertion'],
  ),
  getSessionToken: operation<'getSessionToken'>({ ...common, ...device }),
  getFederationToken: operation<'getFederationToken'>({ Name: string, Tags: array, ...policies }, ['Name']),
  chain: chainRule,
};

const credentialsRule: OptionRule = (value) => {
  const { accessKeyId, secretAccessKey } = Object(value) as Record<string, unknown>;
  if (typeof value !== 'function' && (rule.string(accessKeyId, '') ?? rule.string(secretAccessKey, '')))
    return 'must be an object with `accessKeyId` and `secretAccessKey`, or a function that gives one';
};

/** Whether `stsClient` is a client and not a configuration for one. */
export function isClient(value: StsCommonOptions['stsClient']): value is STSClient {
  return typeof (value as STSClient | undefined)?.send === 'function';
}

/**
 * Checks the options.
 *
 * @returns the name of the one operation.
 * @throws `InvalidOptionsError` (`INVALID_OPTIONS`) naming the option.
 */
export function checkStsOptions(options: StsOptions): keyof StsOperations {
  checkOptions(options, { ...operations, stsClient: rule.object, credentials: credentialsRule, mfa: mfaRule });
  const { stsClient, credentials, mfa } = options;
  const ofClient = (stsClient as STSClientConfig | undefined)?.credentials;
  checkOptions({ credentials: ofClient }, { credentials: credentialsRule }, { path: 'stsClient.' });

  const names = Object.keys(operations) as (keyof StsOperations)[];
  const [name, other] = names.filter((candidate) => options[candidate]);
  if (!name) throw new InvalidOptionsError(names.join('` or `'), 'is required');
  const [first] = [options[name]].flat() as [AssumeRoleOptions];
  const exclusions: [conflict: unknown, option: string | undefined, rival: string][] = [
    [other, other, `\`${name}\``],
    [credentials && (isClient(stsClient) || ofClient), 'credentials', '`stsClient.credentials`'],
    [mfa && /With|Federation/.test(name), 'mfa', `\`${name}\``],
    [mfa && (first.SerialNumber || first.TokenCode), 'mfa', '`TokenCode`'],
    [mfa?.commandOptions && typeof mfa.token === 'function', 'mfa.commandOptions', 'a function as `mfa.token`'],
  ];
  for (const [conflict, option = '', rival] of exclusions) {
    if (conflict) throw new InvalidOptionsError(option, `and ${rival} exclude each other`);
  }
  return name;
}
