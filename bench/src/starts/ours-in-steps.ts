/** The same as `ours.ts`, in steps that are timed: what is loaded late is loaded first, so that the rest is the request alone. */
import { Steps } from './marks.js';

const steps = new Steps();
const { RefreshableSession } = await import('@brs/core');
steps.done('import core');
await import('@brs/sts');
steps.done('import sts');
await import('@aws-sdk/client-sts');
steps.done('load client-sts');
const session = new RefreshableSession({ assumeRole: { RoleArn: 'arn:aws:iam::123456789012:role/bench' } });
await session.getCredentials();
steps.done('first request');
steps.print();
