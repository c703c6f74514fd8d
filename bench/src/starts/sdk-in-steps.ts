/** The same as `sdk.ts`, in steps that are timed: what is loaded late is loaded first, so that the rest is the request alone. */
import { Steps } from './marks.js';

const steps = new Steps();
const { fromTemporaryCredentials } = await import('@aws-sdk/credential-providers');
steps.done('import credential-providers');
const provider = fromTemporaryCredentials({ params: { RoleArn: 'arn:aws:iam::123456789012:role/bench' } });
await provider();
steps.done('load STS and first request');
steps.print();
