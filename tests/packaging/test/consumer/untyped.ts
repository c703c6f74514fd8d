// Without an import of its package, a method is not there.
import { RefreshableSession } from '@brs/core';

// @ts-expect-error -- nobody imported @brs/sts
new RefreshableSession({ method: 'sts', assumeRole: { RoleArn: 'arn:aws:iam::123456789012:role/reader' } });
