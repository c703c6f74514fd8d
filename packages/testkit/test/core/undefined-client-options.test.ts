/** An option of a client that is `undefined` counts as not given, as everywhere in the session. */
import { S3Client } from '@aws-sdk/client-s3';
import { RefreshableSession } from '@brs/core';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ManualClock, ScriptedSource, scriptedStrategy } from '../../src/index.js';

function sessionInIreland(clientDefaults: object = { maxAttempts: 7 }): RefreshableSession {
  const clock = new ManualClock(Date.now());
  const session = new RefreshableSession({
    strategy: scriptedStrategy(new ScriptedSource({ clock })),
    clock,
    region: 'eu-west-1',
    clientDefaults: { ...clientDefaults },
  });
  onTestFinished(() => session.close());
  return session;
}

describe('an undefined option of a client', () => {
  it('leaves the region of the session and the defaults in place', async () => {
    const client = sessionInIreland().client(S3Client, { region: undefined as never, maxAttempts: undefined as never });
    expect(await client.config.region()).toBe('eu-west-1');
    expect(await client.config.maxAttempts()).toBe(7);
  });

  it('does not spoil the client of those who ask for no option at all', async () => {
    const session = sessionInIreland();
    session.client(S3Client, { region: undefined as never });
    expect(await session.client(S3Client).config.region()).toBe('eu-west-1');
  });

  it('among the defaults, leaves the region of the session in place', async () => {
    const session = sessionInIreland({ region: undefined, maxAttempts: undefined });
    expect(await session.client(S3Client).config.region()).toBe('eu-west-1');
    expect(await session.client(S3Client, { maxAttempts: 2 }).config.maxAttempts()).toBe(2);
  });
});
