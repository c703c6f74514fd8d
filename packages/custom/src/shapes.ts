/**
 * The shapes in which credentials are handed over in the AWS world, made one. A half set or a mixture of two shapes is
 * refused by the names of its fields; no value of a field appears in an error.
 */
import { type AcquiredCredentials, describeType, InvalidCredentialsError } from '@brs/core';
import { type Expiration, readExpiration } from './expiration.js';

/** As the AWS SDK for JavaScript has them: what every provider of the SDK gives. A set without `expiration` never expires. */
export interface SdkCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Required, although the SDK's type says otherwise: only temporary credentials can be refreshed. */
  readonly sessionToken?: string | undefined;
  readonly expiration?: Expiration | undefined;
  readonly accountId?: string | undefined;
  /** The source's own time when it answered, such as an HTTP `Date` header, for machines whose clock is off. */
  readonly sourceTime?: Date | undefined;
}

/** As `credential_process` prints them and as STS answers. A set without `Expiration` never expires. */
export interface PascalCaseCredentials {
  /** 1, where there is one. */
  readonly Version?: number | undefined;
  readonly AccessKeyId: string | undefined;
  readonly SecretAccessKey: string | undefined;
  readonly SessionToken: string | undefined;
  readonly Expiration?: Expiration | undefined;
  readonly AccountId?: string | undefined;
}

/** As the container credential endpoint answers. */
export interface ContainerCredentials {
  readonly AccessKeyId: string;
  readonly SecretAccessKey: string;
  readonly Token: string;
  readonly Expiration: Expiration;
  readonly AccountId?: string | undefined;
}

/** As boto3-refresh-session and botocore take them. */
export interface PythonCredentials {
  readonly access_key: string;
  readonly secret_key: string;
  readonly token: string;
  readonly expiry_time: Expiration;
  readonly account_id?: string | undefined;
}

/** What a source may answer with. */
export type SourceAnswer = SdkCredentials | PascalCaseCredentials | ContainerCredentials | PythonCredentials;

type Shape = readonly [
  accessKeyId: string,
  secretAccessKey: string,
  sessionToken: string,
  expiration: string,
  accountId: string,
];

const sdk: Shape = ['accessKeyId', 'secretAccessKey', 'sessionToken', 'expiration', 'accountId'];
const pascalCase: Shape = ['AccessKeyId', 'SecretAccessKey', 'SessionToken', 'Expiration', 'AccountId'];
const container: Shape = ['AccessKeyId', 'SecretAccessKey', 'Token', 'Expiration', 'AccountId'];
const python: Shape = ['access_key', 'secret_key', 'token', 'expiry_time', 'account_id'];
const shapes = [sdk, pascalCase, container, python];

/**
 * The credentials that a `source` function answered with, in any of the shapes.
 *
 * @throws InvalidCredentialsError for anything but one whole set in one shape; it names the fields.
 */
export function readAnswer(answer: unknown): AcquiredCredentials {
  return read(answer, 'source', shapes);
}

/**
 * The credentials that a command printed, in the `credential_process` format and no other.
 *
 * @throws InvalidCredentialsError for anything but one whole set; it names the fields.
 */
export function readOutput(output: string): AcquiredCredentials {
  let answer: unknown;
  try {
    answer = JSON.parse(output);
  } catch {
    // The parser's own message quotes the text.
    throw invalid('command', 'is not JSON');
  }
  return read(answer, 'command', [pascalCase]);
}

function read(answer: unknown, origin: string, allowed: readonly Shape[]): AcquiredCredentials {
  if (typeof answer !== 'object' || !answer) throw invalid(origin, `is ${describeType(answer)}`);
  const fields = answer as Record<string, unknown>;
  const has = (name: string): boolean => fields[name] !== undefined;
  // The shape that fits best, so that an answer with one wrong field is told which one.
  const fit = (shape: Shape): number => shape.filter(has).length;
  const shape = allowed.reduce((best, next) => (fit(next) > fit(best) ? next : best));
  const [accessKeyId, secretAccessKey, sessionToken, expires, accountId] = shape.map((name) => fields[name]);

  const lacking = shape.slice(0, 3).filter((name) => typeof fields[name] !== 'string' || !fields[name]);
  // These two formats always have an expiration: where it is absent, it was misspelt.
  if ((shape === container || shape === python) && !has(shape[3])) lacking.push(shape[3]);
  const foreign = [...new Set(shapes.flat())].filter((name) => has(name) && !shape.includes(name));
  const faults = [
    ...lacking.map((name) => `lacks \`${name}\``),
    ...foreign.map((name) => `mixes \`${name}\` into another shape`),
  ];
  if ((origin === 'command' || has('Version')) && fields.Version !== 1) faults.push('lacks `Version` 1');
  if (faults.length) throw invalid(origin, faults.join(', '));

  const expiration = readExpiration(expires);
  if (has(shape[3]) && !expiration) {
    throw invalid(
      origin,
      `needs as \`${shape[3]}\` a valid Date, ISO 8601 with a time zone, or an epoch of 10 digits (s) or 13 (ms), not ${describeInstant(expires)}`,
    );
  }
  if (has(shape[4]) && !(typeof accountId === 'string' && /^\d{12}$/.test(accountId))) {
    throw invalid(origin, `needs as \`${shape[4]}\` a string of twelve digits`);
  }
  const { sourceTime } = fields;
  return { accessKeyId, secretAccessKey, sessionToken, expiration, accountId, sourceTime } as AcquiredCredentials;
}

/** As `describeType`, but a Date or a string that is none of those wanted. */
function describeInstant(value: unknown): string {
  if (value instanceof Date) return 'an Invalid Date';
  return typeof value === 'string' ? 'another string' : describeType(value);
}

function invalid(origin: string, problem: string): InvalidCredentialsError {
  return new InvalidCredentialsError(`The answer of \`${origin}\` ${problem}.`);
}
