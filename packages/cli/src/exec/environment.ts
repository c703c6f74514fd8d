/** The environment of a command: what would win over the credentials of the session is taken out of it. Pure. */
import type { defaultProfileWins } from '../config/aws-profile.js';

/** Every SDK asks these before an endpoint, or takes from them which credentials are meant. */
const rivals = [
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'AWS_SECURITY_TOKEN',
  'AWS_CREDENTIAL_EXPIRATION',
  'AWS_CREDENTIAL_FILE',
  'AWS_PROFILE',
  'AWS_DEFAULT_PROFILE',
  'AWS_ROLE_ARN',
  'AWS_ROLE_SESSION_NAME',
  'AWS_WEB_IDENTITY_TOKEN_FILE',
  'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
  'AWS_CONTAINER_CREDENTIALS_FULL_URI',
  'AWS_CONTAINER_AUTHORIZATION_TOKEN',
  'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE',
  // What the session is made of is no business of the command.
  'BRS_OPTIONS',
];

/** What the environment is made of. */
export interface CommandEnvironment {
  /** This process's. */
  readonly outer: NodeJS.ProcessEnv;
  /** What the session adds. */
  readonly credentials: Readonly<Record<string, string>>;
  readonly region: string | undefined;
  /** Which of the shared files have a default profile that an SDK would take before an endpoint. */
  readonly files: ReturnType<typeof defaultProfileWins>;
}

/** The variables of the command. */
export function environmentOf({ outer, credentials, region, files }: CommandEnvironment): NodeJS.ProcessEnv {
  const kept = Object.entries(outer).filter(([name]) => !rivals.includes(name.toUpperCase()));
  const nothing = process.platform === 'win32' ? 'NUL' : '/dev/null';
  return {
    ...Object.fromEntries(kept),
    ...(files.credentials && { AWS_SHARED_CREDENTIALS_FILE: nothing }),
    ...(files.config && { AWS_CONFIG_FILE: nothing }),
    ...(region && { AWS_REGION: region, AWS_DEFAULT_REGION: region }),
    ...credentials,
  };
}
