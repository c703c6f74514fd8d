/** The shape of `brs.config.ts`, for the editor that it is written in. What is in it is checked when it is read. */

/** A secret that stands elsewhere. Any option can be one. */
export type SecretReference =
  | { readonly fromFile: string }
  | { readonly fromEnv: string }
  | { readonly fromCommand: readonly [program: string, ...args: string[]] }
  | { readonly fromPrompt: string };

/** The options of a session by their own names, and what they build on. */
export interface ProfileOptions {
  /** Profiles of the same file, the weakest first: what stands here is stronger. */
  readonly extends?: string | readonly string[];
  /** How credentials are had: `sts` (default), `custom`, `iot-x509`, or the name of a strategy package. */
  readonly method?: string;
  /** Whatever the session and its method take. */
  readonly [option: string]: unknown;
}

/** A configuration. */
export interface BrsConfig {
  /** The profiles by name, as `--profile` takes them. */
  readonly profiles: Readonly<Record<string, ProfileOptions>>;
}

/**
 * Gives a configuration back as it is, typed.
 *
 * @example
 * ```ts
 * import { defineConfig } from '@brs/cli';
 *
 * export default defineConfig({
 *   profiles: {
 *     base: { region: 'eu-central-1' },
 *     prod: { extends: 'base', assumeRole: { RoleArn: 'arn:aws:iam::123456789012:role/reader' } },
 *   },
 * });
 * ```
 */
export function defineConfig(config: BrsConfig): BrsConfig {
  return config;
}
