/** Started to get credentials from the SDK's provider. Environment variables say where STS is. */
import { Steps } from './steps.js';

const steps = new Steps();
const { fromTemporaryCredentials } = await import('@aws-sdk/credential-providers');
steps.done('import credential-providers');
steps.doneAtRequest('load its STS client');
const provider = fromTemporaryCredentials({ params: { RoleArn: 'arn:aws:iam::123456789012:role/bench' } });
await provider();
steps.done('first request');
steps.print();
