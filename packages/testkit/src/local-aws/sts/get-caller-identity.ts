/** GetCallerIdentity: whose credentials these are. */
import type { SignedStsCall, StsResult } from './sts-context.js';

export function getCallerIdentity({ caller }: SignedStsCall): StsResult {
  return { Arn: caller.arn, UserId: caller.userId, Account: caller.accountId };
}
