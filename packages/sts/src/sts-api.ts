/**
 * The parts of the SDK that are used, each operation's command by the name of its option, as one module of its own, so
 * that they are loaded late and nothing else is bundled.
 */
export {
  AssumeRoleCommand as assumeRole,
  AssumeRoleWithSAMLCommand as assumeRoleWithSAML,
  AssumeRoleWithWebIdentityCommand as assumeRoleWithWebIdentity,
  GetCallerIdentityCommand as getCallerIdentity,
  GetFederationTokenCommand as getFederationToken,
  GetSessionTokenCommand as getSessionToken,
  STSClient,
} from '@aws-sdk/client-sts';
