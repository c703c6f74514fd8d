/** A listener that leaves and comes back while it is called is called once for each event. */
import { RefreshableSession } from '@brs/core';
import { expect, it, onTestFinished } from 'vitest';
import { ManualClock, ScriptedSource, scriptedStrategy } from '../../src/index.js';

it('a listener that renews itself sees each event once', async () => {
  const clock = new ManualClock();
  const session = new RefreshableSession({ strategy: scriptedStrategy(new ScriptedSource({ clock })), clock });
  onTestFinished(() => session.close());
  let calls = 0;
  let leave: () => void;
  const renew = (): void => {
    calls++;
    leave();
    if (calls < 100) leave = session.on('refreshStarted', renew);
  };
  leave = session.on('refreshStarted', renew);
  await session.getCredentials();
  expect(calls).toBe(1);
  await session.refresh();
  expect(calls).toBe(2);
});
