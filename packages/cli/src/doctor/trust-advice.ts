/** What to look at when STS denies a role: AWS says that it does, and keeps the reason to itself. Pure. */
import type { Options } from '../config/option-path.js';
import type { Caller } from './base.js';

/** What was asked for, and by whom. */
export interface Asked {
  readonly operation: string;
  readonly hops: readonly Options[];
  readonly caller: Caller | undefined;
  readonly hasMfa: boolean;
}

/** The sentences; `undefined` where the error itself says enough. */
export function trustAdvice(
  { code, message }: { readonly code: string | undefined; readonly message: string },
  { operation, hops, caller, hasMfa }: Asked,
): string | undefined {
  const hop = hops[hopOf(message)] ?? {};
  if (code === 'InvalidIdentityToken' && /audience/i.test(message)) {
    return 'Add the audience of the token to the identity provider in IAM, or get a token for sts.amazonaws.com.';
  }
  if (code !== 'AccessDenied' || /MultiFactor|MFA/.test(message)) return undefined;
  const { RoleArn, ExternalId } = hop;
  if (typeof RoleArn !== 'string') return undefined;
  const look = `aws iam get-role --role-name ${RoleArn.split('/').at(-1)}`;
  if (operation !== 'assumeRole' && operation !== 'chain') {
    return `The trust policy of ${RoleArn} must name the provider, with conditions that the token fulfils. Look at it: ${look}`;
  }
  const [, account] = /::(\d{12}):/.exec(RoleArn) ?? [];
  const isFirst = hopOf(message) === 0;
  const who =
    isFirst && caller ? caller.arn : ((hops[hopOf(message) - 1]?.RoleArn as string | undefined) ?? 'the caller');
  const isForeign = isFirst && caller && account !== caller.account;
  return [
    `The trust policy of ${RoleArn} must name ${who} or its account; it is shown by \`${look}\`.`,
    ExternalId === undefined
      ? 'If it asks for an external id: --external-id.'
      : 'The external id must be the one that it asks for.',
    ...(hasMfa ? [] : ['If it asks for MFA: --mfa-serial.']),
    isForeign
      ? `As ${account} is another account, the caller's own policy must allow sts:AssumeRole, too.`
      : "The caller's own policy may have to allow sts:AssumeRole.",
  ].join(' ');
}

/** Which role of a chain an error speaks of. */
function hopOf(message: string): number {
  return Number(/^Hop (\d+) of /.exec(message)?.[1] ?? 1) - 1;
}
