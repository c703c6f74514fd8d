/** A minute of outage while there is a valid set in hand: no caller fails, and STS is left alone. */
import { RefreshableSession } from '@brs/core';
import { generationOf, ManualClock, ScriptedSource, type SourceBehaviour } from '@brs/testkit';
import { expect, it } from 'vitest';
import '../src/index.js';
import { roleArn } from './harness.js';
import { stsOver } from './scripted-sts.js';

it.each(['fails', 'hangs'] satisfies SourceBehaviour[])('STS %s for a minute', async (behaviour) => {
  const clock = new ManualClock();
  const source = new ScriptedSource({ clock, lifetimeSeconds: 3600 });
  // With the retries of the SDK, which must stay out of it.
  const { maxAttempts: _, ...stsClient } = stsOver(source);
  await using session = new RefreshableSession({ clock, assumeRole: { RoleArn: roleArn }, stsClient });
  const settle = async (): Promise<void> => {
    while (session.status().refreshing && source.blocked === 0) await new Promise((resolve) => setImmediate(resolve));
  };
  await session.getCredentials();
  await clock.advance((3600 - 15 * 60) * 1000 + 500_000);
  source.behaviour = behaviour;
  const before = source.calls;
  for (let second = 0; second < 60; second++) {
    for (let call = 0; call < 10; call++) expect(generationOf((await session.getCredentials()) as never)).toBe(1);
    await settle();
    await clock.advance(1000);
    await settle();
  }
  expect(source.calls - before).toBeGreaterThan(0);
  expect(source.calls - before).toBeLessThanOrEqual(15);
  source.behaviour = 'succeeds';
  for (let second = 0; second < 130; second++) {
    await session.getCredentials();
    await settle();
    await clock.advance(1000);
    await settle();
  }
  expect(generationOf((await session.getCredentials()) as never)).toBeGreaterThan(1);
});
