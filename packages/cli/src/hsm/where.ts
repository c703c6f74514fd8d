/** Where a key is, from flags and from the identity of a profile: what the functions of `@brs/pkcs11` take. */
import { checkOptions, type OptionRule, rule } from '@brs/core';
import type { TokenOptions } from '@brs/pkcs11';
import type { CommandContext } from '../commands/session-command.js';
import { CliError } from '../cli-error.js';
import { type Layer, type Merged, mergeLayers } from '../config/layers.js';
import { isReference, type Options } from '../config/option-path.js';
import { withOrigin } from '../config/origin.js';
import { resolveSession } from '../config/resolve.js';
import { identityIn } from '../session/identity.js';
import { askOnTerminal } from '../session/terminal.js';
import { resolveValues } from '../session/values.js';
import { optionHints } from './hints.js';
import { hasPin } from './uri.js';

/** The flags that every command of `brs hsm` has, beside those that are options of the package. */
export interface HsmFlags {
  readonly profile?: string;
  readonly config?: string;
  readonly useFinalTry?: true;
}

/** Which key is meant. What is not given fits any. */
export interface KeyName {
  readonly label?: string;
  readonly id?: string;
}

/** Where it is. */
export interface Where extends Merged {
  /** Module and token. */
  readonly token: TokenOptions;
  /** The same with the PIN; where nothing says it, it is asked for on the terminal. */
  readonly withPin: TokenOptions;
  readonly key: KeyName | undefined;
  /** Whether something says where the PIN is. */
  readonly hasPin: boolean;
  /** The configuration: packages are looked for from there too. */
  readonly configPath: string | undefined;
  /** Why the PIN could not be had, where it could not. */
  readonly pinFailure: () => Error | undefined;
}

/** @throws CliError (usage) for a profile that names no key in a token. */
export async function readWhere(flags: HsmFlags, { flags: given, env }: CommandContext): Promise<Where> {
  const named = flags.profile ?? (env.BRS_PROFILE || undefined);
  const base = named === undefined ? undefined : await profileLayer(named, flags, env);
  if (flags.profile !== undefined && !base?.layer) {
    throw new CliError('usage', `The profile '${flags.profile}' has no identity in a token.`, {
      hint: 'It is the option `identity` with `pkcs11`, or a pkcs11: URI.',
    });
  }
  const merged = mergeLayers([...(base?.layer ? [base.layer] : []), given].map(byLabel));
  const { options } = merged;
  try {
    checkOptions(options, rules);
  } catch (error) {
    throw withOrigin(error, merged, optionHints);
  }
  const { key, pin, certificate: _, ...rest } = options;
  const token = { ...rest, ...(flags.useFinalTry && { useFinalTry: true }) } as TokenOptions;
  let pinFailure: Error | undefined;
  const source = pinSource(pin, env, (error) => (pinFailure = withOrigin(error, merged)));
  return {
    ...merged,
    token,
    withPin: hasPin(rest.uri) ? token : { ...token, pin: source },
    key: key as KeyName | undefined,
    hasPin: pin !== undefined || hasPin(rest.uri),
    configPath: base?.configPath,
    pinFailure: () => pinFailure,
  };
}

/** All that can be said of a place. What is right within it, the package knows. */
const rules: Readonly<Record<string, OptionRule>> = {
  module: rule.string,
  uri: rule.string,
  token: rule.shape({ label: rule.string, serial: rule.string, slot: rule.any }),
  key: rule.shape({ label: rule.string, id: rule.string }),
  pin: rule.any,
  useFinalTry: rule.boolean,
  certificate: rule.any,
};

async function profileLayer(
  profile: string,
  { config }: HsmFlags,
  env: NodeJS.ProcessEnv,
): Promise<{ layer: Layer | undefined; configPath: string | undefined }> {
  const nothing: Layer = { options: {}, originOf: () => '' };
  const resolved = await resolveSession({
    flags: nothing,
    profile,
    configPath: config,
    env,
    workingDirectory: process.cwd(),
  });
  const declared = identityIn(resolved);
  const prefix = typeof resolved.options.identity === 'string' ? [] : ['identity', 'pkcs11'];
  const layer = declared?.maker === 'pkcs11' && {
    options: declared.options,
    originOf: (path: readonly string[]) =>
      resolved.originOf((prefix.length > 0 ? [...prefix, ...path] : ['identity']).join('.')) ?? profile,
  };
  return { layer: layer || undefined, configPath: resolved.configPath };
}

/** A token and a key that are given by their label alone, so that a part of another layer joins it. */
function byLabel({ options, originOf }: Layer): Layer {
  const label = (value: unknown): unknown => (typeof value === 'string' ? { label: value } : value);
  const { token, key, ...rest } = options;
  return {
    options: {
      ...rest,
      ...(token !== undefined && { token: label(token) }),
      ...(key !== undefined && { key: label(key) }),
    },
    originOf,
  };
}

/** The PIN as the package takes it. A function is asked when the token wants the PIN, and once. */
function pinSource(pin: unknown, env: NodeJS.ProcessEnv, note: (error: Error) => void): TokenOptions['pin'] {
  const reference = isReference(pin) ? pin : undefined;
  if (pin !== undefined && !reference) return pin as TokenOptions['pin'];
  return async ({ label }) => {
    try {
      if (!reference) return await askOnTerminal(`PIN of the token '${label}'`);
      const resolved: Options = await resolveValues({ pin: reference }, env);
      return String(resolved.pin).split(/\r?\n/, 1)[0] ?? '';
    } catch (error) {
      if (error instanceof Error) note(error);
      throw error;
    }
  };
}
