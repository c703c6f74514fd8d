/** What the tests with a server share: sessions over the loopback AWS, collected events, and a search for secrets. */
import { inspect } from 'node:util';
import { RefreshableSession, type RefreshableSessionOptions } from '@brs/core';
import type { LocalAws } from '@brs/testkit';
import '../src/index.js';
import type { StsOptions } from '../src/index.js';

export const roleArn = 'arn:aws:iam::123456789012:role/reader';

export type SessionExtras = Partial<
  Pick<RefreshableSessionOptions, 'region' | 'clock' | 'advisoryWindowSeconds' | 'refreshTimeoutMs'>
>;

/** A session over the loopback AWS, with its base credentials. */
export function sessionOn(aws: LocalAws, options: StsOptions, extras: SessionExtras = {}): RefreshableSession {
  return new RefreshableSession({
    method: 'sts',
    region: aws.region,
    credentials: options.stsClient ? undefined : aws.baseCredentials,
    stsClient: { endpoint: aws.endpoint },
    ...extras,
    ...options,
  } as RefreshableSessionOptions);
}

/** An error of a session, as far as the tests look into it. */
export interface Failure extends Error {
  readonly code: string;
  readonly hint: string;
  readonly cause: Failure;
}

/** The error that a promise is rejected with. */
export async function rejectionOf(promise: Promise<unknown>): Promise<Failure> {
  return promise.then(
    () => {
      throw new Error('It was expected to be rejected.');
    },
    (error: unknown) => error as Failure,
  );
}

/** Everything that a person or a log could be shown of a value, hidden properties included. */
export function everythingShownOf(value: unknown): string {
  const texts = [inspect(value, { depth: 20, showHidden: true, maxStringLength: Infinity, maxArrayLength: Infinity })];
  for (let error = value; error instanceof Error; error = error.cause) {
    texts.push(
      String(error),
      error.stack ?? '',
      JSON.stringify(error),
      JSON.stringify(error, Object.getOwnPropertyNames(error)),
    );
  }
  if (!(value instanceof Error)) texts.push(JSON.stringify(value));
  return texts.join('\n');
}
