/** The strategy: one operation of STS, or a chain of roles. Caching, retrying and timing are the session's. */
import type { GetCallerIdentityCommandOutput, STSClient } from '@aws-sdk/client-sts';
import { defineStrategy, RefreshableSession, type Strategy, type StrategyContext } from '@brs/core';
import { connect, derive } from './connection.js';
import { StsError } from './errors.js';
import { explain } from './explain.js';
import { type AssumeRoleOptions, checkStsOptions, isClient, type StsOptions } from './options.js';
import { send, type Trace } from './request.js';
import { makeSessionName } from './session-name.js';
import { createSource } from './source.js';

/**
 * Makes the strategy from the options of `method: 'sts'`. It touches no network and loads no SDK client.
 *
 * @throws `InvalidOptionsError` (`INVALID_OPTIONS`) naming the option.
 */
export function createStsStrategy(options: StsOptions, context: StrategyContext): Strategy {
  const name = checkStsOptions(options);
  const { stsClient, mfa } = options;
  const { clock, random } = context;
  const sessionName = makeSessionName();
  const hasOwnRetries = isClient(stsClient) || stsClient?.maxAttempts !== undefined;
  const operation = name === 'chain' ? 'assumeRole' : name;
  const hops = [options[name]].flat() as AssumeRoleOptions[];

  let ownClient: STSClient | undefined;
  let connection = connect(options, context, (client) => (ownClient = client));
  let close = async (): Promise<void> => ownClient?.destroy();
  let strategy: Strategy | undefined;
  for (const [index, hop] of hops.entries()) {
    // Each hop but the last is a session of its own, whose credentials are the base of the next.
    if (strategy) {
      const session = new RefreshableSession({ strategy, clock, random });
      connection = derive(connection, session.credentials);
      close = () => session.close();
    }
    const base = connection;
    strategy = defineStrategy({
      name: 'sts',
      // A person types the code, perhaps.
      refreshTimeoutMs: mfa && 120_000,
      acquire: createSource(
        {
          what: `${hops.length > 1 ? `Hop ${index + 1} of ${hops.length}: ` : ''}${operation}${hop.RoleArn ? ` of ${hop.RoleArn}` : ''}`,
          operation,
          // Sent where the operation has such a field: the SDK sends no others.
          fields: { ...hop, RoleSessionName: hop.RoleSessionName ?? sessionName },
          mfa: index ? undefined : mfa,
        },
        base,
        hasOwnRetries,
        clock,
      ),
      classify: (error) => (error instanceof StsError ? error.failure : { kind: 'recoverable' }),
      async identity({ credentials, signal }) {
        const client = await derive(base, credentials)();
        const trace: Trace = {};
        try {
          const answer = await send<GetCallerIdentityCommandOutput>(client, 'getCallerIdentity', {}, trace, signal);
          // The page of a proxy can be well-formed: it says nothing of who this is.
          if (!answer.Arn) throw new Error();
          return { method: 'sts', account: answer.Account, arn: answer.Arn, userId: answer.UserId };
        } catch (error) {
          signal.throwIfAborted();
          // Before a request was made it is the session that failed, and its error says so.
          throw trace.sent ? explain(error, 'GetCallerIdentity', {}, trace) : error;
        }
      },
      close,
    });
  }
  return strategy as Strategy;
}
