/** A program that is started to get credentials from the SDK, as short as its users write it. Environment variables say where STS is. */
import { fromTemporaryCredentials } from '@aws-sdk/credential-providers';

const provider = fromTemporaryCredentials({ params: { RoleArn: 'arn:aws:iam::123456789012:role/bench' } });
await provider();
process.stdout.write('{}\n');
