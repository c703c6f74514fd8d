/** Rules for options: an error names the option, the rule and the type received, never the value. */
import { parseRoleArn } from './principals.js';

export interface Rule {
  readonly test: (value: unknown) => boolean;
  /** Goes after "must be". */
  readonly says: string;
}

export type Rules<Options> = { readonly [Name in keyof Options]-?: Rule };

export const text: Rule = {
  test: (value) => typeof value === 'string' && value !== '',
  says: 'a string that is not empty',
};
export const flag: Rule = { test: (value) => typeof value === 'boolean', says: 'a boolean' };
export const texts: Rule = {
  test: (value) => Array.isArray(value) && value.every((item) => typeof item === 'string'),
  says: 'an array of strings',
};
export const objects: Rule = {
  test: (value) => Array.isArray(value) && value.every((item) => typeof item === 'object' && item !== null),
  says: 'an array of objects',
};
export const roleArn: Rule = {
  test: (value) => typeof value === 'string' && parseRoleArn(value) !== undefined,
  says: "a role's ARN, such as arn:aws:iam::123456789012:role/reader",
};

/** @throws TypeError */
export function check(
  value: object,
  path: string,
  rules: Readonly<Record<string, Rule>>,
  required: readonly string[] = [],
): void {
  if (typeof value !== 'object' || value === null) {
    throw new TypeError(`${path} must be an object; received ${typeName(value)}.`);
  }
  for (const name of required) {
    if (!Object.hasOwn(value, name)) throw new TypeError(`${path}.${name} is required.`);
  }
  for (const [name, item] of Object.entries(value)) {
    const at = path === 'options' ? name : `${path}.${name}`;
    const rule = Object.hasOwn(rules, name) ? rules[name] : undefined;
    if (!rule) throw new TypeError(`${at} is not an option. Known: ${Object.keys(rules).join(', ')}.`);
    if (item === undefined && !required.includes(name)) continue;
    if (!rule.test(item)) throw new TypeError(`${at} must be ${rule.says}; received ${typeName(item)}.`);
  }
}

const typeName = (value: unknown): string =>
  value === null ? 'null' : Array.isArray(value) ? 'an array' : `a value of type ${typeof value}`;

export function like(pattern: RegExp, says: string): Rule {
  return { test: (value) => typeof value === 'string' && pattern.test(value), says };
}

export function whole(min: number, max: number): Rule {
  const test = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) >= min && Number(value) <= max;
  return { test, says: `a whole number from ${min} to ${max}` };
}
