/**
 * The shared AWS files: sections `[brs name]` with options of ours, and the profiles that everybody has. A role in a
 * profile becomes a role of the session, so that it is refreshed as sessions are; what else a profile can hold (IAM
 * Identity Center, a process) is left to the SDK's own provider.
 */
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { CliError } from '../cli-error.js';
import { type IniFile, type IniValue, readIni } from './ini.js';
import type { Layer } from './layers.js';
import { isOptionName, type Options, pathOf, setOption, valueOf } from './option-path.js';

/** The shared files as they are now. */
export interface AwsFiles {
  readonly configPath: string;
  readonly config: IniFile;
  readonly credentials: IniFile;
}

/** Reads them. One that is not there is empty. */
export async function readAwsFiles(env: NodeJS.ProcessEnv): Promise<AwsFiles> {
  const folder = join(env.HOME ?? env.USERPROFILE ?? homedir(), '.aws');
  const configPath = env.AWS_CONFIG_FILE ?? join(folder, 'config');
  const credentialsPath = env.AWS_SHARED_CREDENTIALS_FILE ?? join(folder, 'credentials');
  const [config, credentials] = await Promise.all([configPath, credentialsPath].map(readIfThere));
  return { configPath, config: readIni(config ?? ''), credentials: readIni(credentials ?? '') };
}

async function readIfThere(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return '';
    throw new CliError('usage', `${path} cannot be read.`, { cause: error });
  }
}

/** The section `[brs name]`, or `undefined`. */
export function brsSection({ config, configPath }: AwsFiles, name: string): Layer | undefined {
  const section = config.get(`brs ${name}`);
  if (!section) return undefined;
  const options: Options = {};
  for (const [key, { value, line }] of section) {
    if (!isOptionName(key)) throw new CliError('usage', `${configPath}:${line}: '${key}' can be no option.`);
    setOption(options, pathOf(key), valueOf(value));
  }
  // The key of a part of the option, or, for a part of what is given as JSON, the key that gives it all.
  const lineOf = (path: readonly string[]): number | undefined => {
    const wanted = `${path.join('.')}.`;
    const names = [...section].map(([key, { line }]) => ({ name: `${pathOf(key).join('.')}.`, line }));
    return (names.find(({ name }) => name.startsWith(wanted)) ?? names.find(({ name }) => wanted.startsWith(name)))
      ?.line;
  };
  return { options, originOf: (path) => `${configPath}:${lineOf(path) ?? '?'}` };
}

/** The names of all profiles, ours and AWS's. */
export function profileNames({ config, credentials }: AwsFiles): string[] {
  const names = [...config.keys()].flatMap((name) =>
    name === 'default' ? [name] : (/^(?:brs|profile) (.+)$/.exec(name)?.[1] ?? []),
  );
  return [...new Set([...names, ...credentials.keys()])];
}

/** The keys of an AWS profile, those of the credentials file first. */
function awsProfile(files: AwsFiles, name: string): Map<string, IniValue> | undefined {
  const config = files.config.get(name === 'default' ? name : `profile ${name}`);
  const credentials = files.credentials.get(name);
  return config || credentials ? new Map([...(config ?? []), ...(credentials ?? [])]) : undefined;
}

/** Whether there is an AWS profile of this name. */
export function hasAwsProfile(files: AwsFiles, name: string): boolean {
  return awsProfile(files, name) !== undefined;
}

/** Whether the default profile has credentials, or a way to get some: an SDK takes them before those of an endpoint. */
export function defaultProfileWins(files: AwsFiles): { config: boolean; credentials: boolean } {
  const has = (section?: ReadonlyMap<string, IniValue>): boolean =>
    [...(section?.keys() ?? [])].some((key) =>
      /^(aws_access_key_id|role_arn|credential_process|sso_|login_)/.test(key),
    );
  const inConfig = [files.config.get('default'), files.config.get('profile default')];
  return { config: inConfig.some(has), credentials: has(files.credentials.get('default')) };
}

/** An AWS profile as options of a session. The region comes with it. */
export function awsProfileLayer(files: AwsFiles, name: string): Layer {
  const profile = awsProfile(files, name) ?? new Map<string, IniValue>();
  const get = (key: string): string | undefined => profile.get(key)?.value;
  const region = get('region');
  const options: Options = region ? { region } : {};
  const originOf = (): string => `${files.configPath}, profile ${name}`;
  const hops = hopsOf(files, name);
  const [first, ...others] = hops;
  if (!first) return { options: { ...options, fromSdkProfile: name }, originOf };
  if (first.token) {
    options.assumeRoleWithWebIdentity = { ...first.role, WebIdentityToken: { file: first.token } };
  } else {
    options.profile = first.base;
    if (others.length > 0) options.chain = hops.map(({ role }) => role);
    else options.assumeRole = first.role;
    if (first.mfa) options.mfa = { serialNumber: first.mfa };
  }
  return { options, originOf };
}

interface Hop {
  readonly role: Options;
  readonly mfa: string | undefined;
  readonly token: string | undefined;
  readonly base: string | undefined;
}

/** The roles from the first to the one of the profile; none where the SDK has to see to it itself. */
function hopsOf(files: AwsFiles, name: string, seen: readonly string[] = []): Hop[] {
  const profile = awsProfile(files, name);
  const get = (key: string): string | undefined => profile?.get(key)?.value;
  const [arn, base, token] = [get('role_arn'), get('source_profile'), get('web_identity_token_file')];
  if (seen.includes(name)) {
    throw new CliError('usage', `The profiles ${[...seen, name].join(' → ')} go round in a circle.`);
  }
  if (!arn || !(base ?? token)) return [];
  const duration = get('duration_seconds');
  const role = {
    RoleArn: arn,
    ...(get('role_session_name') && { RoleSessionName: get('role_session_name') }),
    ...(get('external_id') && { ExternalId: get('external_id') }),
    ...(duration && { DurationSeconds: Number(duration) }),
  };
  const hop = { role, mfa: get('mfa_serial'), token, base };
  // A profile with keys of its own that names itself starts from those.
  const before = !base || base === name ? [] : hopsOf(files, base, [...seen, name]);
  // A role by web identity below others is the SDK's business.
  return before.some(({ token: web }) => web) ? [] : [...before, hop];
}
