/** The parts of the STS client that are used, as one module of its own, so that they are loaded late and nothing else is bundled. */
import {
  AssumeRoleCommand,
  AssumeRoleWithSAMLCommand,
  AssumeRoleWithWebIdentityCommand,
  GetFederationTokenCommand,
  GetSessionTokenCommand,
} from '@aws-sdk/client-sts';

export { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';

/** The command of each operation, by the name of its option. */
export const commands: {
  readonly assumeRole: typeof AssumeRoleCommand;
  readonly assumeRoleWithWebIdentity: typeof AssumeRoleWithWebIdentityCommand;
  readonly assumeRoleWithSAML: typeof AssumeRoleWithSAMLCommand;
  readonly getSessionToken: typeof GetSessionTokenCommand;
  readonly getFederationToken: typeof GetFederationTokenCommand;
} = {
  assumeRole: AssumeRoleCommand,
  assumeRoleWithWebIdentity: AssumeRoleWithWebIdentityCommand,
  assumeRoleWithSAML: AssumeRoleWithSAMLCommand,
  getSessionToken: GetSessionTokenCommand,
  getFederationToken: GetFederationTokenCommand,
};
