/** A set of credentials as users and SDK clients see it: frozen, and printing without its secrets. */
import type { AcquiredCredentials } from './contract.js';
import { InvalidCredentialsError } from './errors.js';
import { describeType, given, isText, must, withMembers } from './options.js';
import { hide, printAs } from './printing.js';

/**
 * Temporary credentials in the shape that every AWS SDK v3 client takes. `console.log`, `util.inspect` and
 * `JSON.stringify` show the access key id, the account and the expiration, and nothing that is secret.
 */
export class Credentials {
  /** Identifies the set; not a secret. */
  declare readonly accessKeyId: string;
  declare readonly secretAccessKey: string;
  declare readonly sessionToken: string;
  /** The true instant of expiry, as the source gave it. Absent for a set that does not expire. */
  declare readonly expiration?: Date;
  /** The twelve-digit account, when the source says so. */
  declare readonly accountId?: string;

  constructor({ accessKeyId, secretAccessKey, sessionToken, expiration, accountId }: AcquiredCredentials) {
    const set = {
      accessKeyId,
      secretAccessKey,
      sessionToken,
      accountId,
      expiration: expiration && new Date(expiration),
    };
    Object.assign(this, given(set));
    // An SDK client that is given a set instead of the provider notes here where it came from, and fails if it cannot.
    hide(this, '$source', {});
    Object.freeze(this);
  }

  /** What may be shown. */
  toJSON(): Omit<this, 'secretAccessKey' | 'sessionToken' | 'toJSON'> {
    const { secretAccessKey: _secret, sessionToken: _token, ...shown } = this;
    return shown;
  }
}
printAs(Credentials, (credentials) => credentials.toJSON());

/** The type alone: a number would show, and be a secret. */
const typeOf = (value: unknown): string =>
  typeof value === 'number' ? 'a number' : value instanceof Date ? 'an Invalid Date' : describeType(value);

const text = must('a non-empty string', isText, typeOf);
const instant = must(
  'a valid Date',
  (value: unknown) => value === undefined || (value instanceof Date && value.getTime() > -Infinity),
  typeOf,
);
const answerRule = withMembers({
  accessKeyId: text,
  secretAccessKey: text,
  sessionToken: text,
  expiration: instant,
  sourceTime: instant,
});

/**
 * Checks an answer of a source before it is stored.
 *
 * @throws {@link InvalidCredentialsError} (`INVALID_CREDENTIALS`) naming the field and the type received, never a value.
 */
export function validateAnswer(answer: unknown): asserts answer is AcquiredCredentials {
  const problem = answerRule(answer, '');
  if (problem) throw new InvalidCredentialsError(`The answer of the source ${problem}.`);
}
