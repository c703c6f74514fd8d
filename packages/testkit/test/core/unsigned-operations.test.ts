/** Operations that services take without a signature need no credentials: the session's clients ask for none. */
import { AssumeRoleWithWebIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { RefreshableSession } from '@brs/core';
import { expect, it, onTestFinished } from 'vitest';
import { ManualClock, ScriptedSource, scriptedStrategy, startLocalAws } from '../../src/index.js';

it('an unsigned operation works while the source is down, and does not ask it', async () => {
  const aws = await startLocalAws();
  onTestFinished(() => aws.close());
  const clock = new ManualClock(Date.now());
  const source = new ScriptedSource({ clock, behaviour: 'fails' });
  const session = new RefreshableSession({ strategy: scriptedStrategy(source), clock, region: aws.region });
  onTestFinished(() => session.close());
  const { Credentials } = await session.client(STSClient, { endpoint: aws.endpoint }).send(
    new AssumeRoleWithWebIdentityCommand({
      RoleArn: 'arn:aws:iam::123456789012:role/reader',
      RoleSessionName: 'tester',
      WebIdentityToken: aws.issueWebIdentityToken(),
    }),
  );
  expect(Credentials?.AccessKeyId).toMatch(/^ASIA/);
  expect(source.calls).toBe(0);
});
