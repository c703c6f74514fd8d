/** Brings flags, configuration and environment together: what a session is made of, and where each option came from. */
import { CliError } from '../cli-error.js';
import { environmentLayer } from '../flags.js';
import {
  awsProfileLayer,
  type AwsFiles,
  brsSection,
  hasAwsProfile,
  profileNames,
  readAwsFiles,
} from './aws-profile.js';
import { type ConfigFile, loadConfigFile } from './config-file.js';
import { type Layer, type Merged, mergeLayers } from './layers.js';
import type { Options } from './option-path.js';

/** What is known when a command starts. */
export interface SessionRequest {
  /** The options in flags. They win. */
  readonly flags: Layer;
  /** `--profile`. Default: `BRS_PROFILE`, then `AWS_PROFILE`. */
  readonly profile: string | undefined;
  /** `--config`. */
  readonly configPath: string | undefined;
  readonly env: NodeJS.ProcessEnv;
  /** Where a configuration file is looked for; `undefined`: nowhere but in the user's own place. */
  readonly workingDirectory: string | undefined;
}

/** The options of one session. */
export interface ResolvedSession extends Merged {
  /** The profile that was asked for. */
  readonly profile: string | undefined;
  /** Whether that is one of ours, which the SDK knows nothing of. */
  readonly isOwnProfile: boolean;
  /** The configuration file, if there is one: packages are looked for from there too. */
  readonly configPath: string | undefined;
}

/** The one operation of STS that a session is made with, by the name of its option. */
export const operations = [
  'assumeRole',
  'assumeRoleWithWebIdentity',
  'assumeRoleWithSAML',
  'getSessionToken',
  'getFederationToken',
  'chain',
] as const;

/** What the files say, read once, for any number of profiles. */
export interface Resolver {
  /**
   * The options of a profile; `undefined` for the one of the request.
   *
   * @throws CliError (usage) for a profile that is nowhere, and when nothing says how credentials are had.
   */
  resolve(profile: string | undefined): ResolvedSession;
}

/**
 * Flags win over the configuration, and that wins over the environment.
 *
 * @throws CliError (usage), as {@link openResolver} and {@link Resolver.resolve} do.
 */
export async function resolveSession(request: SessionRequest): Promise<ResolvedSession> {
  return (await openResolver(request)).resolve(undefined);
}

/**
 * Reads the files.
 *
 * @throws CliError (usage) for a file that cannot be right.
 */
export async function openResolver(request: SessionRequest): Promise<Resolver> {
  const { env, configPath: path, workingDirectory } = request;
  const [file, awsFiles] = await Promise.all([loadConfigFile({ path, env, workingDirectory }), readAwsFiles(env)]);
  const environment = environmentLayer(env);
  // An empty variable says nothing, as everywhere.
  const profileOfRequest = request.profile ?? [env.BRS_PROFILE, env.AWS_PROFILE].find(Boolean);
  const files = { file, awsFiles, environment };
  return { resolve: (profile = profileOfRequest) => resolveProfile(request, files, profile) };
}

interface Files {
  readonly file: ConfigFile | undefined;
  readonly awsFiles: AwsFiles;
  readonly environment: Layer;
}

function resolveProfile(
  { flags }: SessionRequest,
  { file, awsFiles, environment }: Files,
  profile: string | undefined,
): ResolvedSession {
  const isComplete = [environment, flags].some(({ options }) => saysHow(options));
  const layers =
    profile === undefined ? [] : profileLayers(profile, awsFiles, isComplete, file?.layersOf(profile) ?? []);
  if (profile !== undefined && layers.length === 0) {
    const known = [...new Set([...(file?.names ?? []), ...profileNames(awsFiles)])].sort();
    throw new CliError('usage', `There is no profile '${profile}'.`, {
      hint: known.length ? `Known are ${known.join(', ')}.` : 'No profile was found in any file.',
    });
  }
  const merged = mergeLayers([environment, ...layers, flags]);
  for (const name of ['method', 'fromSdkProfile']) {
    const value = merged.options[name];
    if (value === undefined || (typeof value === 'string' && value !== '')) continue;
    throw new CliError('usage', `${merged.originOf(name)}: Option \`${name}\` must be a name.`);
  }
  if (!saysHow(merged.options)) {
    throw new CliError('usage', 'Nothing says how credentials are had.', {
      hint: 'Give --profile, --role-arn or --method; `brs methods` lists what there is.',
    });
  }
  const isOwnProfile = profile !== undefined && (file?.has(profile) || awsFiles.config.has(`brs ${profile}`));
  return { ...merged, profile, isOwnProfile, configPath: file?.path };
}

/** A profile of ours; a section `[brs name]`; an AWS profile, which is the base of a role that is given beside it. */
function profileLayers(name: string, files: AwsFiles, isBase: boolean, ours: Layer[]): Layer[] {
  const section = brsSection(files, name);
  if (ours.length > 0) return ours;
  if (section) return sectionLayers(name, section, files);
  if (!hasAwsProfile(files, name)) return [];
  if (!isBase) return [awsProfileLayer(files, name)];
  return [{ options: { profile: name }, originOf: () => '--profile' }];
}

/** A section and those that it builds on, the weakest first. */
function sectionLayers(name: string, section: Layer, files: AwsFiles, seen: readonly string[] = []): Layer[] {
  const { extends: base, ...options } = section.options;
  const own = { ...section, options };
  if (base === undefined) return [own];
  const below = typeof base === 'string' ? brsSection(files, base) : undefined;
  if (typeof base !== 'string' || !below || seen.includes(name)) {
    const problem = below ? 'goes round in a circle' : 'names no section [brs …] of this file';
    throw new CliError('usage', `${section.originOf(['extends'])}: \`extends\` ${problem}.`);
  }
  return [...sectionLayers(base, below, files, [...seen, name]), own];
}

function saysHow(options: Options): boolean {
  const { method, fromSdkProfile } = options;
  return (
    fromSdkProfile !== undefined ||
    (method !== undefined && method !== 'sts') ||
    operations.some((operation) => options[operation] !== undefined)
  );
}
