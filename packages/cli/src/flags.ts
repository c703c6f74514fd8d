/**
 * Takes a command line apart: what the command knows, the options of the session, and the command to run behind `--`.
 * Options of a session are not declared anywhere, because every strategy package has its own. Pure.
 */
import { CliError } from './cli-error.js';
import { isOptionName, type Options, pathOf, setOption, valueOf } from './config/option-path.js';
import { refuseSecretFlag } from './config/secrets.js';
import type { Layer } from './config/layers.js';

/** A short name for an option that is often needed. Its value is always text, unless it is a number by nature. */
export interface Shorthand {
  readonly flag: string;
  readonly path: readonly string[];
  readonly env?: string;
  readonly argument: string;
  readonly about: string;
  readonly isNumber?: boolean;
}

/** In the order in which the help shows them. */
export const shorthands: readonly Shorthand[] = [
  shorthand('method', 'name', 'method', 'how credentials are had: sts (default), custom, …, or the name of a package'),
  shorthand('region', 'name', 'region', 'the region'),
  shorthand('role-arn', 'arn', 'assumeRole.RoleArn', 'the role to assume'),
  shorthand('external-id', 'id', 'assumeRole.ExternalId', 'what the role’s trust policy asks for'),
  shorthand('role-session-name', 'name', 'assumeRole.RoleSessionName', 'what CloudTrail shows'),
  {
    ...shorthand('duration-seconds', 'number', 'assumeRole.DurationSeconds', 'lifetime of the credentials'),
    isNumber: true,
  },
  shorthand('mfa-serial', 'arn', 'mfa.serialNumber', 'the MFA device; the code is asked for on the terminal'),
];

function shorthand(name: string, argument: string, path: string, about: string): Shorthand {
  const env = `BRS_${name.toUpperCase().replaceAll('-', '_')}`;
  return { flag: `--${name}`, path: path.split('.'), env, argument, about };
}

/** A command line, taken apart. */
export interface SplitArguments {
  /** What the command itself knows, for its parser. */
  readonly own: string[];
  /** The options of the session. */
  readonly session: Layer;
}

/**
 * @param known - the flags of the command, and whether each takes a value.
 * @param short - the short names; default: those of sessions.
 * @throws CliError (usage) for a secret, and for a name that can be no option.
 */
export function splitArguments(
  argv: readonly string[],
  known: ReadonlyMap<string, boolean>,
  short: readonly Shorthand[] = shorthands,
): SplitArguments {
  const own: string[] = [];
  const options: Options = {};
  const flags = new Map<string, string>();
  for (let index = 0; index < argv.length; index++) {
    const word = argv[index] ?? '';
    if (word === '--') {
      own.push(...argv.slice(index));
      break;
    }
    const [flag, inline] = splitOnce(word);
    const takesValue = known.get(flag);
    if (!word.startsWith('--') || takesValue !== undefined) {
      own.push(word);
      if (takesValue && inline === undefined && index + 1 < argv.length) own.push(argv[++index] ?? '');
      continue;
    }
    const next = argv[index + 1];
    // The text of a key begins with hyphens too.
    const text = inline ?? (next === undefined || /^--(?!-)/.test(next) ? undefined : argv[++index]);
    const named = short.find((candidate) => candidate.flag === flag);
    const path = named?.path ?? pathOf(flag.slice(2));
    if (!named && !isOptionName(flag.slice(2))) throw new CliError('usage', `${nameOf(flag)} can be no option.`);
    // What has a name here is no secret, unless its text is one.
    refuseSecretFlag(flag, named ? [] : path, text);
    setOption(options, path, named ? textOf(named, text, flag) : text === undefined || valueOf(text));
    flags.set(path.join('.'), flag);
  }
  return { own, session: { options, originOf: (path) => originOf(flags, path) } };
}

/** The options in environment variables: `BRS_ROLE_ARN` and its like, and all of them as JSON in `BRS_OPTIONS`. */
export function environmentLayer(env: NodeJS.ProcessEnv): Layer {
  const options: Options = {};
  const names = new Map<string, string>();
  if (env.BRS_OPTIONS) {
    const given = valueOf(env.BRS_OPTIONS.trim());
    if (typeof given !== 'object' || given === null || Array.isArray(given)) {
      throw new CliError('usage', 'BRS_OPTIONS must be a JSON object with the options of a session.');
    }
    Object.assign(options, given);
  }
  for (const known of shorthands) {
    const { env: name = '' } = known;
    const text = env[name];
    if (!text) continue;
    setOption(options, known.path, textOf(known, text, name));
    names.set(known.path.join('.'), name);
  }
  return { options, originOf: (path) => names.get(path.join('.')) ?? 'BRS_OPTIONS' };
}

function textOf({ isNumber, argument }: Shorthand, text: string | undefined, given: string): string | number {
  if (!text) throw new CliError('usage', `${given} needs a value: <${argument}>.`);
  if (!isNumber) return text;
  const value = Number(text);
  if (!Number.isFinite(value)) throw new CliError('usage', `${given} must be a number.`);
  return value;
}

/** The flag that gave an option, or that gave a part of it. */
function originOf(flags: ReadonlyMap<string, string>, path: readonly string[]): string {
  const name = path.join('.');
  return flags.get(name) ?? [...flags].find(([given]) => given.startsWith(`${name}.`))?.[1] ?? `--${name}`;
}

/** A flag as it may be shown: what is no name could be anything, a key for one. */
function nameOf(flag: string): string {
  return /^--[\w.-]{1,100}$/.test(flag) && !flag.includes('---') ? flag : 'A word that begins with hyphens';
}

function splitOnce(word: string): [string, string?] {
  const at = word.indexOf('=');
  return at < 0 ? [word] : [word.slice(0, at), word.slice(at + 1)];
}
