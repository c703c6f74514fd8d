/** The strategy: one operation of STS, or a chain of roles. Caching, retrying and timing are the session's. */
import { defineStrategy, type IdentityContext, RefreshableSession, type Strategy, type StrategyContext } from '@brs/core';
import { connect, derive, send, type Trace } from './connection.js';
import { StsError } from './errors.js';
import { explain } from './explain.js';
import { checkStsOptions, type StsOptions } from './options.js';
import { makeSessionName } from './session-name.js';
import { createSource, type SourceParts } from './source.js';

/**
 * Makes the strategy from the options of `method: 'sts'`. It touches no network and loads no SDK client.
 *
 * @throws `InvalidOptionsError` (`INVALID_OPTIONS`) naming the option.
 */
export function createStsStrategy(options: StsOptions, context: StrategyContext): Strategy {
  const operation = checkStsOptions(options);
  const sessionName = makeSessionName();
  let connector = connect(options, context);
  const common = { sessionName, context, mfa: options.mfa };
  if (operation !== 'chain') {
    return strategyOf({ ...common, operation, fields: options[operation] as object, connector }, connector.close);
  }

  // Each hop but the last is a session of its own, whose credentials are the base of the next.
  const hops = [...(options.chain ?? [])];
  const closers: (() => Promise<void>)[] = [connector.close];
  const hop = (index: number): SourceParts => ({
    ...common,
    mfa: index ? undefined : options.mfa,
    operation: 'assumeRole',
    fields: hops[index] as object,
    connector,
    label: `Hop ${index + 1} of ${hops.length}: `,
  });
  const { clock, random } = context;
  const last = hops.length - 1;
  for (let index = 0; index < last; index++) {
    const session = new RefreshableSession({ strategy: strategyOf(hop(index)), clock, random });
    closers.unshift(() => session.close());
    connector = derive(connector, session.credentials);
  }
  return strategyOf(hop(last), async () => {
    for (const close of closers) await close();
  });
}

function strategyOf(parts: SourceParts, close?: () => Promise<void>): Strategy {
  return defineStrategy({
    name: 'sts',
    acquire: createSource(parts),
    classify: (error) => (error instanceof StsError ? error.failure : { kind: 'recoverable' }),
    identity: (context) => identify(parts, context),
    ...(close && { close }),
  });
}

/** GetCallerIdentity with the session's credentials. */
async function identify({ connector, context }: SourceParts, { credentials, signal }: IdentityContext): ReturnType<Strategy['identity']> {
  const { api, client } = await derive(connector, credentials).open();
  const trace: Trace = {};
  try {
    const command = new api.GetCallerIdentityCommand({});
    const { Account, Arn, UserId } = await send<{ Account?: string; Arn?: string; UserId?: string }>(client, command, { signal, trace });
    return { method: 'sts', account: Account, arn: Arn, userId: UserId };
  } catch (error) {
    // Before a request was made it is the session that failed, and its error says so.
    throw trace.sent ? explain(error, { what: 'GetCallerIdentity', input: {}, trace, now: context.clock.now() }) : error;
  }
}
