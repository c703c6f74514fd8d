/** One operation of STS as a source of credentials: builds the request, sends it, reads the answer. Remembers nothing secret. */
import type { AssumeRoleCommandInput } from '@aws-sdk/client-sts';
import type { AcquireContext, AcquiredCredentials, StrategyContext } from '@brs/core';
import { type Connection, type Connector, send, type Trace } from './connection.js';
import { StsError } from './errors.js';
import { type Asked, explain, unreadable } from './explain.js';
import { claimMfaCode, nextMfaCode } from './mfa.js';
import type { MfaOptions } from './mfa-options.js';
import type { OperationName } from './options.js';
import { readToken, type TokenSource } from './token-source.js';

/** What a source is made of. */
export interface SourceParts {
  readonly operation: OperationName;
  /** The fields as the user gave them. */
  readonly fields: object;
  readonly mfa?: MfaOptions | undefined;
  readonly connector: Connector;
  readonly sessionName: string;
  readonly context: StrategyContext;
  /** Stands before the operation in errors, such as `Hop 2 of 3: `. */
  readonly label?: string;
}

interface Answer {
  readonly Credentials?: { AccessKeyId?: string; SecretAccessKey?: string; SessionToken?: string; Expiration?: Date };
  readonly AssumedRoleUser?: { Arn?: string };
  readonly FederatedUser?: { Arn?: string };
}

/** A difference of clocks from which signatures are refused, with the SDK's own margin. */
const skewMs = 240_000;

/** Codes by which STS says that it is the base credentials that it does not accept. */
const baseRejected = /^(ExpiredToken|InvalidToken|InvalidClientTokenId|UnrecognizedClient)$/;

/** Makes the `acquire` of an operation. */
export function createSource(parts: SourceParts): (context: AcquireContext) => Promise<AcquiredCredentials> {
  const { operation, mfa, connector, context, label = '' } = parts;
  const fields = parts.fields as Record<string, unknown>;
  const apiName = operation.charAt(0).toUpperCase() + operation.slice(1);
  const what = `${label}${apiName}${fields.RoleArn ? ` of ${String(fields.RoleArn)}` : ''}`;
  /** By this machine's clock. */
  let validUntil = 0;

  async function buildInput(client: Connection['client'], signal: AbortSignal): Promise<Record<string, unknown>> {
    const input: Record<string, unknown> = { ...fields };
    if (operation === 'assumeRole' || operation === 'assumeRoleWithWebIdentity') input.RoleSessionName ??= parts.sessionName;
    for (const field of ['WebIdentityToken', 'SAMLAssertion']) {
      if (input[field]) input[field] = await readToken(input[field] as TokenSource, field, signal);
    }
    if (mfa) {
      const now = (): number => context.clock.now() + client.config.systemClockOffset;
      input.SerialNumber = mfa.serialNumber;
      input.TokenCode = await nextMfaCode(mfa, context.clock, { now, signal });
    } else if (input.TokenCode && !claimMfaCode(String(input.SerialNumber), String(input.TokenCode))) {
      const hint = `\`${operation}.TokenCode\` is good only once: give \`mfa\` with a source of codes instead.`;
      throw new StsError(`${what} failed: the MFA code was sent before.`, { code: 'MfaCodeUsed', failure: { kind: 'terminal', hint } });
    }
    return input;
  }

  return async ({ reason, signal }) => {
    const { api, client } = await connector.open();
    // With a valid set in hand the session tries again in good time; without one a caller waits, and a blip must not fail him.
    const isInHand = (reason === 'advisory' || reason === 'mandatory') && context.clock.now() < validUntil;
    for (let isFirst = true; ; isFirst = false) {
      const offset = client.config.systemClockOffset;
      const trace: Trace = {};
      const asked = (input = fields): Asked => ({ what, input, trace, now: context.clock.now() });
      let input: Record<string, unknown> | undefined;
      try {
        input = await buildInput(client, signal);
        // An MFA code must not be sent twice, whatever the client's own settings.
        const withoutRetries = Boolean(input.TokenCode) || (isInHand && !connector.hasOwnRetries);
        const Command = api.commands[operation] as typeof api.commands.assumeRole;
        const command = new Command(input as unknown as AssumeRoleCommandInput);
        const answer = await send<Answer>(client, command, { signal, trace, withoutRetries });
        const credentials = read(answer, asked(input));
        const { expiration, sourceTime } = credentials;
        const now = context.clock.now();
        validUntil = now + expiration.getTime() - (sourceTime?.getTime() ?? now);
        return credentials;
      } catch (thrown) {
        const error = explain(thrown, asked(input));
        if (!isFirst || signal.aborted || fields.TokenCode) throw error;
        const hasLearntTime = Math.abs(client.config.systemClockOffset - offset) >= skewMs;
        if (!hasLearntTime && !(baseRejected.test(error.code) && (await hasOtherBase(client, trace)))) throw error;
      }
    }
  };
}

/** Whether the provider of the base credentials has others than those that were rejected. */
async function hasOtherBase(client: Connection['client'], { identity }: Trace): Promise<boolean> {
  if (!identity) return false;
  try {
    const { accessKeyId } = await client.config.credentials({ forceRefresh: true });
    return accessKeyId !== identity.accessKeyId;
  } catch {
    // The refusal itself is the better answer.
    return false;
  }
}

function read(answer: Answer, asked: Asked): AcquiredCredentials & { expiration: Date } {
  const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = answer.Credentials ?? {};
  if (!AccessKeyId || !SecretAccessKey || !SessionToken || !Expiration) throw unreadable(asked);
  const sourceTime = new Date(asked.trace.response?.headers.date ?? NaN);
  const account = (answer.AssumedRoleUser ?? answer.FederatedUser)?.Arn?.split(':')[4];
  return {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    sessionToken: SessionToken,
    expiration: Expiration,
    ...(Number.isFinite(sourceTime.getTime()) && { sourceTime }),
    ...(account && { accountId: account }),
  };
}
