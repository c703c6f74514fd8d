/**
 * Checks options when a session is made: every bad option is an error that names it, the rule and the type received,
 * and never shows a value that could be a secret. Strategy packages use it for their own options.
 */
import { InvalidOptionsError } from './errors.js';

/** A rule says what is wrong with a value, as the end of the sentence "Option `x` …", or nothing. */
export type OptionRule = (value: unknown, option: string) => string | undefined | void;

/** What kind of value was received, in words. Shows numbers and booleans, and no strings. */
export function describeType(value: unknown): string {
  if (value === '') return 'an empty string';
  if (typeof value === 'number' || typeof value === 'boolean') return `${typeof value} ${value}`;
  if (typeof value !== 'object') return typeof value;
  return value ? `an object (${value.constructor?.name})` : 'null';
}

/** A rule from what a value must be, in words, and as a test. `describe` says what was received instead. */
export const must =
  (what: string, holds: (value: never) => boolean, describe: (value: unknown) => string = describeType): OptionRule =>
  (value) =>
    holds(value as never) ? undefined : `must be ${what}, got ${describe(value)}`;

const typeRule = (what: string, type: string): OptionRule => must(what, (value) => typeof value === type);

export const isObject = (value: unknown): value is object => Object(value) === value;
export const isText = (value: unknown): boolean => typeof value === 'string' && value !== '';

/** The usual rules. Build one's own as functions of the same form. */
export const rule = {
  /** Any value at all. */
  any: (): undefined => undefined,
  /** `true` or `false`. */
  boolean: typeRule('true or false', 'boolean') as OptionRule,
  function: typeRule('a function', 'function') as OptionRule,
  /** An object that is no array. */
  object: must(
    'an object',
    (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  ) as OptionRule,
  /** A string with at least one character. */
  string: must('a non-empty string', isText) as OptionRule,
  /** A finite number above `above` (default 0), up to `max` where it is given. `unit` is for the message. */
  number: (unit: string, { above = 0, max = Infinity }: { above?: number; max?: number } = {}): OptionRule =>
    must(
      `a number of ${unit} above ${above}${max === Infinity ? '' : `, at most ${max}`}`,
      (value: unknown) => Number.isFinite(value) && (value as number) > above && (value as number) <= max,
    ),
  /** One of the given strings. */
  oneOf: (...values: string[]): OptionRule =>
    must(values.map((value) => `'${value}'`).join(' or '), (value) => values.includes(value)),
  /** An object whose own options keep these rules. */
  shape:
    (rules: Record<string, OptionRule>, required: readonly string[] = []): OptionRule =>
    (value, option) =>
      rule.object(value, option) ?? checkOptions(value as object, rules, { required, path: `${option}.` }),
};

/** A rule for an object by what it must have, its own or inherited. Other members are its own business. */
export const withMembers =
  (rules: Record<string, OptionRule>): OptionRule =>
  (value, option) => {
    const problem = rule.object(value, option);
    if (problem) return problem;
    for (const [member, memberRule] of Object.entries(rules)) {
      const broken = memberRule((value as Record<string, unknown>)[member], member);
      if (broken) return `has a member \`${member}\` that ${broken}`;
    }
    return undefined;
  };

/** What a Node timer can hold. */
export const timeoutRule: OptionRule = rule.number('milliseconds', { max: 2 ** 31 - 1 });

/** The options that were given: `undefined` counts as not given. */
export function given<Options extends object>(options: Options): Partial<Options> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Partial<Options>;
}

/** Where an object of options names those that stood beside them and were taken out. Known to every copy of this module. */
export const besides: symbol = Symbol.for('@brs/core/options-besides');

/**
 * Checks every option of an object against its rule. An option that is `undefined` counts as not given. `required` names
 * the options that must be there; `path` goes in front of the names in errors, such as `mfa.`.
 *
 * @throws {@link InvalidOptionsError} (`INVALID_OPTIONS`) for an option that is unknown, missing, or against its rule.
 *
 * @example
 * ```ts
 * checkOptions(options, { url: rule.string, timeoutMs: rule.number('milliseconds') }, { required: ['url'] });
 * ```
 */
export function checkOptions(
  options: object,
  rules: Readonly<Record<string, OptionRule>>,
  { required = [], path = '' }: { required?: readonly string[]; path?: string } = {},
): void {
  const values = options as Record<string | symbol, unknown>;
  const isUnknown: OptionRule = () => {
    const known = Object.keys(rules).concat((values[besides] as string[] | undefined) ?? []);
    return `is unknown; known are ${known.sort().join(', ')}`;
  };
  const ruleOf = (name: string): OptionRule | undefined => {
    if (!Object.hasOwn(rules, name)) return isUnknown;
    if (values[name] !== undefined) return rules[name];
    return required.includes(name) ? () => 'is required' : undefined;
  };
  for (const name of [...Object.keys(values), ...required]) checkOption(path + name, values[name], ruleOf(name));
}

/** Checks one value. @throws {@link InvalidOptionsError} (`INVALID_OPTIONS`) when it breaks its rule. */
export function checkOption(option: string, value: unknown, optionRule: OptionRule | undefined): void {
  const problem = optionRule?.(value, option);
  if (problem) throw new InvalidOptionsError(option, problem);
}
