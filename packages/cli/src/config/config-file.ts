/** The configuration file: where it is looked for, what may be in it, and how its profiles build on each other. */
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { CliError } from '../cli-error.js';
import { type ConfigDocument, fileNames, readDocument } from './document.js';
import type { Layer } from './layers.js';
import { isPlainObject, type Options } from './option-path.js';

/** Where to look. */
export interface ConfigPlace {
  /** A file that was named: no other is looked for. */
  readonly path: string | undefined;
  readonly env: NodeJS.ProcessEnv;
  /** Where the search begins and goes up from; `undefined` where only the user's own file counts. */
  readonly workingDirectory: string | undefined;
}

/** The profiles of one file. */
export interface ConfigFile {
  readonly path: string;
  readonly names: readonly string[];
  has(name: string): boolean;
  /** The profile and all that it builds on, the weakest first; nothing, if there is none of this name. */
  layersOf(name: string): Layer[];
}

/**
 * Finds and reads the file; `undefined` where there is none.
 *
 * @throws CliError (usage) naming file and line, for anything in it that cannot be right.
 */
export async function loadConfigFile(place: ConfigPlace): Promise<ConfigFile | undefined> {
  const found = await find(place);
  return found && check(await readDocument(found.path, found.text));
}

async function find({ path, env, workingDirectory }: ConfigPlace): Promise<{ path: string; text: string } | undefined> {
  const named = path ?? env.BRS_CONFIG;
  if (named) {
    const absolute = resolve(named);
    try {
      return { path: absolute, text: await readFile(absolute, 'utf8') };
    } catch (error) {
      throw new CliError('usage', `The configuration ${absolute} cannot be read.`, { cause: error });
    }
  }
  const { lilconfig } = await import('lilconfig');
  // What kind a file is, and what is in it, is seen to afterwards, where lines are known.
  const load = (filePath: string, text: string): unknown => ({ path: filePath, text });
  const loaders = Object.fromEntries(
    ['.json', '.yaml', '.yml', '.ts', '.mts', '.js', '.mjs'].map((kind) => [kind, load]),
  );
  const settings = { searchPlaces: fileNames, loaders, cache: false };
  const home = env.XDG_CONFIG_HOME ?? join(env.HOME ?? homedir(), '.config');
  const inTree = workingDirectory && (await lilconfig('brs', settings).search(workingDirectory));
  const found =
    inTree || (await lilconfig('brs', { ...settings, stopDir: join(home, 'brs') }).search(join(home, 'brs')));
  return (found?.config ?? undefined) as { path: string; text: string } | undefined;
}

function check(document: ConfigDocument): ConfigFile {
  const { path, value, locate } = document;
  const fail = (at: readonly string[], problem: string): never => {
    throw new CliError('usage', `${locate(at)}: ${problem}`);
  };
  if (!isPlainObject(value)) return fail([], 'a configuration is an object with `profiles`.');
  for (const name of Object.keys(value)) {
    if (name !== 'profiles') fail([name], `\`${name}\` is unknown; known is \`profiles\`.`);
  }
  const { profiles } = value;
  if (!isPlainObject(profiles)) return fail(['profiles'], '`profiles` must be an object of profiles by name.');
  for (const [name, profile] of Object.entries(profiles)) {
    if (!isPlainObject(profile)) {
      fail(['profiles', name], `\`profiles.${name}\` must be an object with the options of a session.`);
      continue;
    }
    for (const base of basesOf(profile)) {
      if (typeof base !== 'string' || !Object.hasOwn(profiles, base)) {
        fail(['profiles', name, 'extends'], `\`profiles.${name}.extends\` names no profile of this file.`);
      }
    }
  }
  const layersOf = (name: string, seen: readonly string[] = []): Layer[] => {
    const profile = Object.hasOwn(profiles, name) ? profiles[name] : undefined;
    if (!isPlainObject(profile)) return [];
    if (seen.includes(name)) {
      fail(['profiles', name, 'extends'], `the profiles ${[...seen, name].join(' → ')} go round in a circle.`);
    }
    const below = basesOf(profile).flatMap((base) => layersOf(String(base), [...seen, name]));
    const { extends: _, ...options } = profile;
    return [...below, { options: options satisfies Options, originOf: (at) => locate(['profiles', name, ...at]) }];
  };
  for (const name of Object.keys(profiles)) layersOf(name);
  return {
    path,
    names: Object.keys(profiles),
    has: (name) => Object.hasOwn(profiles, name),
    layersOf: (name) => layersOf(name),
  };
}

function basesOf({ extends: bases }: Options): unknown[] {
  return bases === undefined ? [] : Array.isArray(bases) ? bases : [bases];
}
