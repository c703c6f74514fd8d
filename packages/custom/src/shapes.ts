/**
 * The shapes in which credentials are handed over in the AWS world, made one. A half set or a mixture of two shapes is
 * refused by the names of its fields; no value of a field appears in an error.
 */
import { type AcquiredCredentials, describeType, InvalidCredentialsError } from '@brs/core';
import { type Expiration, readExpiration } from './expiration.js';
import { isAccountId } from './options.js';

/** As the AWS SDK for JavaScript has them: what every provider of the SDK gives. A set without `expiration` never expires. */
export interface SdkCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Required, although the SDK's type says otherwise: only temporary credentials can be refreshed. */
  readonly sessionToken?: string | undefined;
  readonly expiration?: Expiration | undefined;
  readonly accountId?: string | undefined;
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

type Shape = readonly [accessKeyId: string, secretAccessKey: string, sessionToken: string, expiration: string, accountId: string];

const sdk: Shape = ['accessKeyId', 'secretAccessKey', 'sessionToken', 'expiration', 'accountId'];
const pascalCase: Shape = ['AccessKeyId', 'SecretAccessKey', 'SessionToken', 'Expiration', 'AccountId'];
const container: Shape = ['AccessKeyId', 'SecretAccessKey', 'Token', 'Expiration', 'AccountId'];
const python: Shape = ['access_key', 'secret_key', 'token', 'expiry_time', 'account_id'];
const shapes = [sdk, pascalCase, container, python];

/** Who answers, as errors call it, and in which shapes it may. */
interface Origin {
  readonly name: string;
  readonly shapes: readonly Shape[];
  readonly versionRequired: boolean;
}

const sourceFunction: Origin = { name: '`source`', shapes, versionRequired: false };
const credentialProcess: Origin = { name: '`command`', shapes: [pascalCase], versionRequired: true };

/**
 * The credentials that a `source` function answered with, in any of the shapes.
 *
 * @throws InvalidCredentialsError for anything but one whole set in one shape; it names the fields.
 */
export function readAnswer(answer: unknown): AcquiredCredentials {
  return read(answer, sourceFunction);
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
    throw invalid('`command` printed something other than JSON', credentialProcess);
  }
  return read(answer, credentialProcess);
}

function read(answer: unknown, origin: Origin): AcquiredCredentials {
  if (typeof answer !== 'object' || !answer) throw invalid(`${origin.name} answered with ${describeType(answer)}`, origin);
  const fields = answer as Record<string, unknown>;
  const has = (name: string): boolean => fields[name] !== undefined;
  // The shape that fits best, so that an answer with one wrong field is told which one.
  const fit = (shape: Shape): number => shape.filter(has).length;
  const shape = origin.shapes.reduce((best, next) => (fit(next) > fit(best) ? next : best));
  const [accessKeyId, secretAccessKey, sessionToken, expiration, accountId] = shape.map((name) => fields[name]);

  const lacking = shape.slice(0, 3).filter((name) => typeof fields[name] !== 'string' || fields[name] === '');
  // These two formats always have an expiration: where it is absent, it was misspelt.
  if ((shape === container || shape === python) && !has(shape[3])) lacking.push(shape[3]);
  const foreign = [...new Set(shapes.flat())].filter((name) => has(name) && !shape.includes(name));
  const expiresAt = readExpiration(expiration);

  const faults = [
    lacking.length && `lacks ${quote(lacking)}`,
    foreign.length && `mixes ${quote(foreign)} into the shape of \`${shape[0]}\``,
    has(shape[3]) &&
      !expiresAt &&
      `has an \`${shape[3]}\` that is no valid Date, no ISO 8601 with a time zone (2026-11-23T10:00:00Z) and no epoch in seconds (10 digits) or milliseconds (13 digits), but ${describeInstant(expiration)}`,
    has(shape[4]) && !isAccountId(accountId) && `has an \`${shape[4]}\` that is no string of twelve digits`,
    (origin.versionRequired || has('Version')) && fields.Version !== 1 && 'has no `Version` 1',
  ].filter(Boolean);
  if (faults.length) throw invalid(`The answer of ${origin.name} ${faults.join(', and ')}`, origin);

  return { accessKeyId, secretAccessKey, sessionToken, expiration: expiresAt, accountId } as AcquiredCredentials;
}

function describeInstant(value: unknown): string {
  if (value instanceof Date) return 'an Invalid Date';
  return typeof value === 'string' ? 'another string' : describeType(value);
}

function quote(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(', ');
}

function invalid(problem: string, { shapes }: Origin): InvalidCredentialsError {
  return new InvalidCredentialsError(`${problem}.`, {
    hint: `Answer with one whole set: ${shapes.map((shape) => shape.slice(0, 4).join(', ')).join('; or ')}.`,
  });
}
