/** Started to get credentials from a session. Environment variables say where STS is. */
import { Steps } from './steps.js';

const steps = new Steps();
const { RefreshableSession } = await import('@brs/core');
steps.done('import core');
await import('@brs/sts');
steps.done('import sts');
steps.doneAtRequest('load client-sts');
const session = new RefreshableSession({ assumeRole: { RoleArn: 'arn:aws:iam::123456789012:role/bench' } });
await session.getCredentials();
steps.done('first request');
steps.print();
