/** All checks, in the order of a diagnosis: what comes first can be the cause of what comes after it. */
import type { Check } from '../check.js';
import { answer } from './answer.js';
import { baseCredentials } from './base-credentials.js';
import { baseIdentity } from './base-identity.js';
import { caller } from './caller.js';
import { certificate } from './certificate.js';
import { clock } from './clock.js';
import { configuration } from './configuration.js';
import { connection } from './connection.js';
import { credentials } from './credentials.js';
import { dns } from './dns.js';
import { environment } from './environment.js';
import { key } from './key.js';
import { lifetime } from './lifetime.js';
import { mfa } from './mfa.js';
import { options } from './options.js';
import { methodPackage } from './package.js';
import { proxy } from './proxy.js';
import { region } from './region.js';
import { role } from './role.js';
import { secretFiles } from './secret-files.js';
import { secrets } from './secrets.js';
import { tls } from './tls.js';
import { token } from './token.js';
import { versions } from './versions.js';
import { webIdentity } from './web-identity.js';

export const checks: readonly Check[] = [
  versions,
  configuration,
  environment,
  methodPackage,
  secretFiles,
  secrets,
  token,
  key,
  certificate,
  options,
  region,
  role,
  proxy,
  dns,
  connection,
  tls,
  answer,
  clock,
  baseCredentials,
  baseIdentity,
  webIdentity,
  mfa,
  credentials,
  lifetime,
  caller,
];
