/** The strategy: one operation of STS, or a chain of roles. Caching, retrying and timing are the session's. */
import type { GetCallerIdentityCommandOutput } from '@aws-sdk/client-sts';
import {
  defineStrategy,
  RefreshableSession,
  type Strategy,
  type StrategyContext,
  type StrategyDefinition,
} from '@brs/core';
import { type Connect, connect, derive, send, type Trace } from './connection.js';
import { StsError } from './errors.js';
import { explain } from './explain.js';
import { type AssumeRoleOptions, checkStsOptions, isClient, type StsOptions } from './options.js';
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
  const closers: (() => unknown)[] = [];

  const hops = options.chain ?? [options[name] as AssumeRoleOptions];
  const strategyOf = (index: number, connection: Connect): StrategyDefinition => ({
    name: 'sts',
    // A person types the code, perhaps.
    refreshTimeoutMs: mfa && 120_000,
    acquire: createSource({
      operation: name === 'chain' ? 'assumeRole' : name,
      // Sent where the operation has such a field: the SDK sends no others.
      fields: { ...hops[index], RoleSessionName: hops[index]?.RoleSessionName ?? sessionName },
      mfa: index ? undefined : mfa,
      connect: connection,
      hasOwnRetries,
      clock,
      label: hops.length > 1 ? `Hop ${index + 1} of ${hops.length}: ` : '',
    }),
    classify: (error) => (error instanceof StsError ? error.failure : { kind: 'recoverable' }),
  });

  // Each hop but the last is a session of its own, whose credentials are the base of the next.
  let connection = connect(options, context, closers);
  const last = hops.length - 1;
  for (let index = 0; index < last; index++) {
    const session = new RefreshableSession({ strategy: defineStrategy(strategyOf(index, connection)), clock, random });
    closers.push(() => session.close());
    connection = derive(connection, session.credentials);
  }

  return defineStrategy({
    ...strategyOf(last, connection),
    async identity({ credentials, signal }) {
      const { api, client } = await derive(connection, credentials)();
      const trace: Trace = {};
      try {
        const command = new api.getCallerIdentity({});
        const { Account, Arn, UserId } = await send<GetCallerIdentityCommandOutput>(client, command, signal, trace);
        // The page of a proxy can be well-formed: it says nothing of who this is.
        if (!Arn) throw new Error();
        return { method: 'sts', account: Account, arn: Arn, userId: UserId };
      } catch (error) {
        signal.throwIfAborted();
        // Before a request was made it is the session that failed, and its error says so.
        throw trace.sent ? explain(error, 'GetCallerIdentity', {}, trace) : error;
      }
    },
    async close() {
      for (const close of closers) await close();
    },
  });
}
