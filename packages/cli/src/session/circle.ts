/** A profile whose command is brs again, for the same profile. The inner one finds out, and the outer one has to tell. */
import { CliError, type exitCode } from '../cli-error.js';

/** What is wrong with it, and what to do. */
export function circleError(profile: string, kind: keyof typeof exitCode = 'usage'): CliError {
  return new CliError(kind, `The profile '${profile}' gets its credentials from brs itself, in a circle.`, {
    hint: `Say in [brs ${profile}] where they come from.`,
  });
}

/** The profile of a circle that an inner brs has found, by what it printed. */
export function circleIn(printed: string): string | undefined {
  return /^brs: The profile '([^'\n]+)' gets its credentials from brs itself, in a circle\./m.exec(printed)?.[1];
}
