/** A strategy as small as can be over the loopback AWS: assumes a role with the base user's keys. */
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { defineStrategy, type Strategy } from '@brs/core';
import type { LocalAws } from '../../../src/index.js';

export const assumeRole = { service: 'sts', action: 'AssumeRole' } as const;

/** How a {@link roleStrategy} differs from the simplest. */
interface RoleStrategyOptions {
  /** Whether it hands on the service's `Date` header. */
  readonly saysItsTime?: boolean;
  /** Of its STS client. Default 1; a wrong clock needs more, because the first attempt finds it out. */
  readonly maxAttempts?: number;
}

export function roleStrategy(
  aws: LocalAws,
  { saysItsTime = false, maxAttempts = 1 }: RoleStrategyOptions = {},
): Strategy {
  const sts = new STSClient({
    endpoint: aws.endpoint,
    region: aws.region,
    credentials: aws.baseCredentials,
    maxAttempts,
  });
  let dateHeader: string | undefined;
  sts.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      dateHeader = (result.response as { headers: Record<string, string> }).headers.date;
      return result;
    },
    { step: 'deserialize', priority: 'low' },
  );
  return defineStrategy({
    name: 'role',
    async acquire({ signal }) {
      const { Credentials } = await sts.send(
        new AssumeRoleCommand({ RoleArn: `arn:aws:iam::${aws.accountId}:role/reader`, RoleSessionName: 'core-test' }),
        { abortSignal: signal },
      );
      return {
        accessKeyId: Credentials!.AccessKeyId!,
        secretAccessKey: Credentials!.SecretAccessKey!,
        sessionToken: Credentials!.SessionToken!,
        expiration: Credentials!.Expiration,
        ...(saysItsTime && dateHeader !== undefined && { sourceTime: new Date(dateHeader) }),
      };
    },
    close: () => sts.destroy(),
  });
}
