/** One operation of STS as a source of credentials: builds the request, sends it, reads the answer. Keeps nothing secret. */
import type { AcquireContext, AcquiredCredentials, Clock } from '@brs/core';
import type { Connect } from './connection.js';
import { explain } from './explain.js';
import { nextMfaCode } from './mfa.js';
import type { MfaOptions } from './mfa-options.js';
import type { AssumeRoleOptions, OperationName } from './options.js';
import { send, type Trace } from './request.js';
import { readToken, type TokenSource } from './token-source.js';

interface Answer {
  readonly Credentials?: { AccessKeyId: string; SecretAccessKey: string; SessionToken: string; Expiration?: Date };
  readonly AssumedRoleUser?: { Arn?: string };
  readonly FederatedUser?: { Arn?: string };
}

/** A difference of clocks from which signatures are refused, with the SDK's own margin. */
const skewMs = 240_000;

/** Codes by which STS says that it is the base credentials that it does not accept. */
const baseRejected = /^(Expired|Invalid(Client)?)Token|^UnrecognizedClient/;

/** What is asked for. */
export interface Question {
  /** How errors call it. */
  readonly what: string;
  readonly operation: OperationName;
  readonly fields: AssumeRoleOptions;
  readonly mfa: MfaOptions | undefined;
}

/**
 * Makes the `acquire` of a strategy.
 *
 * @param hasOwnRetries - whether retrying is left to settings that the user gave.
 */
export function createSource(
  { what, operation, fields, ...question }: Question,
  connect: Connect,
  hasOwnRetries: boolean,
  clock: Clock,
): (context: AcquireContext) => Promise<AcquiredCredentials> {
  // A code in AWS's own spelling is a source that has one code.
  const { SerialNumber = '', TokenCode } = fields;
  const codes = [TokenCode];
  const mfa = TokenCode ? { serialNumber: SerialNumber, token: () => codes.pop() ?? '' } : question.mfa;
  /** By this machine's clock. */
  let validUntil = 0;

  return async ({ reason, signal }) => {
    // With a valid set in hand the session tries again in good time; without one a caller waits, and a blip must not fail him.
    const isInHand = reason === 'advisory' || (reason === 'mandatory' && clock.now() < validUntil);
    for (let isFirst = true; ; isFirst = false) {
      const client = await connect();
      const { config } = client;
      const offset = config.systemClockOffset;
      const input: Record<string, unknown> = { ...fields };
      const trace: Trace = {};
      try {
        for (const field of ['WebIdentityToken', 'SAMLAssertion']) {
          if (input[field]) input[field] = await readToken(input[field] as TokenSource, signal);
        }
        if (mfa) {
          input.SerialNumber = mfa.serialNumber;
          input.TokenCode = await nextMfaCode(mfa, clock, offset, signal);
        }
        // An MFA code must not be sent twice, whatever the client's own settings.
        const withoutRetries = Boolean(mfa) || (isInHand && !hasOwnRetries);
        const answer = await send<Answer>(client, operation, input, trace, signal, withoutRetries);

        // An answer without an expiration would be kept for ever: it is half an answer.
        const { Credentials: set } = answer;
        if (!set?.Expiration) throw new Error();
        const now = clock.now();
        const sourceTime = Date.parse(trace.response?.headers.date ?? '');
        validUntil = now + set.Expiration.getTime() - (sourceTime || now);
        return {
          accessKeyId: set.AccessKeyId,
          secretAccessKey: set.SecretAccessKey,
          sessionToken: set.SessionToken,
          expiration: set.Expiration,
          sourceTime: sourceTime ? new Date(sourceTime) : undefined,
          accountId: (answer.AssumedRoleUser ?? answer.FederatedUser)?.Arn?.split(':')[4],
        };
      } catch (thrown) {
        const error = explain(thrown, what, input, trace);
        if (!isFirst || TokenCode) throw error;
        // A second request makes sense when the first has told the time, and when there are other base credentials.
        if (Math.abs(config.systemClockOffset - offset) > skewMs) continue;
        const rejected = baseRejected.test(error.code) && trace.identity?.accessKeyId;
        const other = rejected && (await config.credentials({ forceRefresh: true }).catch(() => undefined));
        if (!other || other.accessKeyId === rejected) throw error;
      }
    }
  };
}
