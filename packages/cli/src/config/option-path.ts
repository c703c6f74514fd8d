/** Options by dotted names, as flags and configuration give them: `assume-role.RoleArn` is `assumeRole.RoleArn`. Pure. */

/** Options as a package takes them. */
export type Options = Record<string, unknown>;

/** `assume-role.RoleArn` as `['assumeRole', 'RoleArn']`. AWS's own spelling has no hyphens and stays. */
export function pathOf(name: string): string[] {
  return name.split('.').map((part) => part.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase()));
}

/** Whether a name can be an option at all. The names of an object's own machinery cannot. */
export function isOptionName(name: string): boolean {
  return pathOf(name).every((part) => /^[A-Za-z0-9_]+$/.test(part) && !(part in Object.prototype));
}

/** Puts a value in its place. A value on the way that is no object gives way. */
export function setOption(options: Options, path: readonly string[], value: unknown): void {
  const [head = '', ...rest] = path;
  if (rest.length === 0) {
    options[head] = value;
    return;
  }
  const inner = isPlainObject(options[head]) ? options[head] : {};
  options[head] = inner;
  setOption(inner, rest, value);
}

/**
 * What a text means: `900`, `true`, `null`, a quoted string, an array or an object as in JSON, and anything else as the
 * string that it is. A string of digits needs quotes.
 */
export function valueOf(text: string): unknown {
  if (!/^(-?\d+(\.\d+)?|true|false|null|".*"|\[.*\]|\{.*\})$/s.test(text)) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** The ways to say where a value stands. */
export const referenceKinds: readonly string[] = ['fromFile', 'fromEnv', 'fromCommand', 'fromPrompt'];

/** Whether an object says where a value stands, in place of the value. */
export function isReference(value: unknown): value is Options {
  return isPlainObject(value) && Object.keys(value).some((name) => referenceKinds.includes(name));
}

/**
 * An object that somebody wrote down, as against an instance of a class, or what a function has made with accessors: it
 * can be merged.
 */
export function isPlainObject(value: unknown): value is Options {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== null && prototype !== Object.prototype && Object.getPrototypeOf(prototype) !== null) return false;
  return Object.values(Object.getOwnPropertyDescriptors(value)).every(({ get }) => get === undefined);
}
