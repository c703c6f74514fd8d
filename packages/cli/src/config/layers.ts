/** Options from several places made one, each value with the place that it came from. Pure. */
import { isPlainObject, isReference, type Options } from './option-path.js';

/** Options from one place. */
export interface Layer {
  readonly options: Options;
  /** Where an option was given, for errors, such as `brs.config.yaml:7`. */
  readonly originOf: (path: readonly string[]) => string;
}

/** What came out. */
export interface Merged {
  readonly options: Options;
  /** Where the option of an error was given; for a part of an option that was given whole, where that was. */
  originOf(option: string): string | undefined;
}

/** Merges layers, the weakest first. Objects are merged; everything else, and what says where a value stands, replaces what was there. */
export function mergeLayers(layers: readonly Layer[]): Merged {
  const options: Options = {};
  // Looked up when somebody asks, which is when something is wrong: in a long file that takes its time.
  const origins = new Map<string, () => string>();
  for (const { options: given, originOf } of layers) {
    merge(options, given, [], (path) => origins.set(path.join('.'), () => originOf(path)));
  }
  return {
    options,
    originOf(option) {
      for (let path = option.split('.'); path.length > 0; path = path.slice(0, -1)) {
        const origin = origins.get(path.join('.'))?.();
        if (origin) return origin;
      }
      return undefined;
    },
  };
}

function merge(into: Options, from: Options, path: readonly string[], note: (path: readonly string[]) => void): void {
  for (const [name, value] of Object.entries(from)) {
    if (value === undefined) continue;
    const here = [...path, name];
    note(here);
    if (isPlainObject(value)) {
      const known = into[name];
      const inner = isPlainObject(known) && !isReference(known) && !isReference(value) ? known : {};
      into[name] = inner;
      merge(inner, value, here, note);
    } else into[name] = value;
  }
}
