/** The form fields of a Query request, checked the way STS checks them: all violations at once, in one ValidationError. */
import { validationError } from './sts-error.js';

/** What a field must be like. */
export interface FieldRule {
  readonly required?: boolean;
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: RegExp;
  /** The value is kept out of the error. */
  readonly secret?: boolean;
}

export class Parameters {
  readonly #form: URLSearchParams;
  readonly #violations: string[] = [];

  constructor(form: URLSearchParams) {
    this.#form = form;
  }

  /** A text; `min` and `max` are its length. */
  text(name: string, rule: FieldRule & { readonly required: true }): string;
  text(name: string, rule?: FieldRule): string | undefined;
  text(name: string, rule: FieldRule = {}): string | undefined {
    const value = this.#form.get(name) ?? undefined;
    if (value === undefined) {
      if (rule.required) this.#violate(name, undefined, 'Member must not be null', false);
      // The action never sees it: `check` throws first.
      return rule.required ? '' : undefined;
    }
    const violate = (constraint: string): void => this.#violate(name, value, constraint, rule.secret);
    if (value.length < (rule.min ?? 0)) violate(`Member must have length greater than or equal to ${rule.min}`);
    if (value.length > (rule.max ?? Infinity)) violate(`Member must have length less than or equal to ${rule.max}`);
    if (rule.pattern && !rule.pattern.test(value)) {
      violate(`Member must satisfy regular expression pattern: ${rule.pattern.source.replace(/^\^|\$$/g, '')}`);
    }
    return value;
  }

  /** A whole number; `min` and `max` are its value. */
  integer(name: string, rule: { readonly min: number; readonly max: number }): number | undefined {
    const text = this.#form.get(name);
    if (text === null) return undefined;
    const value = Number(text);
    const violate = (constraint: string): void => this.#violate(name, text, constraint);
    if (!/^-?\d+$/.test(text)) throw validationError(`Value '${text}' at '${camelCase(name)}' must be an integer`);
    if (value < rule.min) violate(`Member must have value greater than or equal to ${rule.min}`);
    if (value > rule.max) violate(`Member must have value less than or equal to ${rule.max}`);
    return value;
  }

  /** The members of a list: for `Tags` and `Key`, the values of `Tags.member.1.Key`, `Tags.member.2.Key` and so on. */
  list(name: string, member?: string): string[] {
    const values: string[] = [];
    for (let index = 1; ; index++) {
      const value = this.#form.get(`${name}.member.${index}${member ? `.${member}` : ''}`);
      if (value === null) return values;
      values.push(value);
    }
  }

  /** A limit on the number of members. */
  atMost(name: string, count: number, max: number): void {
    if (count > max) this.#violate(name, undefined, `Member must have length less than or equal to ${max}`, true);
  }

  /**
   * To be called when all fields have been read.
   *
   * @throws ServiceError (`ValidationError`) that names every violation.
   */
  check(): void {
    const count = this.#violations.length;
    if (count === 0) return;
    throw validationError(
      `${count} validation error${count === 1 ? '' : 's'} detected: ${this.#violations.join('; ')}`,
    );
  }

  #violate(name: string, value: string | undefined, constraint: string, secret = false): void {
    const shown = secret ? 'Value' : value === undefined ? 'Value null' : `Value '${value}'`;
    this.#violations.push(`${shown} at '${camelCase(name)}' failed to satisfy constraint: ${constraint}`);
  }
}

const camelCase = (name: string): string => name.slice(0, 1).toLowerCase() + name.slice(1);
