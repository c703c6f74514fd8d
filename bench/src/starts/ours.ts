/** A program that is started to get credentials from a session, as short as its users write it. Environment variables say where STS is. */
import { RefreshableSession } from '@brs/core';
import '@brs/sts';

const session = new RefreshableSession({ assumeRole: { RoleArn: 'arn:aws:iam::123456789012:role/bench' } });
await session.getCredentials();
process.stdout.write('{}\n');
