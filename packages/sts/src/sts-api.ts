/** The parts of the SDK that are used, as one module of its own, so that they are loaded late and nothing else is bundled. */
import {
  AssumeRoleCommand,
  AssumeRoleWithSAMLCommand,
  AssumeRoleWithWebIdentityCommand,
  GetCallerIdentityCommand,
  GetFederationTokenCommand,
  GetSessionTokenCommand,
  STSClient,
} from '@aws-sdk/client-sts';

/** The client, and the command of each operation by the name of its option. */
export interface StsApi {
  readonly STSClient: typeof STSClient;
  readonly assumeRole: typeof AssumeRoleCommand;
  readonly assumeRoleWithWebIdentity: typeof AssumeRoleWithWebIdentityCommand;
  readonly assumeRoleWithSAML: typeof AssumeRoleWithSAMLCommand;
  readonly getSessionToken: typeof GetSessionTokenCommand;
  readonly getFederationToken: typeof GetFederationTokenCommand;
  readonly getCallerIdentity: typeof GetCallerIdentityCommand;
}

export const api: StsApi = {
  STSClient,
  assumeRole: AssumeRoleCommand,
  assumeRoleWithWebIdentity: AssumeRoleWithWebIdentityCommand,
  assumeRoleWithSAML: AssumeRoleWithSAMLCommand,
  getSessionToken: GetSessionTokenCommand,
  getFederationToken: GetFederationTokenCommand,
  getCallerIdentity: GetCallerIdentityCommand,
};
