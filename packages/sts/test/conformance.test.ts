/** The conformance suite for strategies, through a real STS client. */
import { describeStrategy, ManualClock } from '@brs/testkit';
import { describe, it } from 'vitest';
import { createStsStrategy } from '../src/strategy.js';
import { roleArn } from './harness.js';
import { stsOver } from './scripted-sts.js';

describeStrategy(
  (source) =>
    createStsStrategy(
      { assumeRole: { RoleArn: roleArn }, stsClient: stsOver(source) },
      { clock: new ManualClock(), random: () => 0, notify: () => {} },
    ),
  { name: 'sts', retryAfter: true, gate: true, runner: { describe, it } },
);
