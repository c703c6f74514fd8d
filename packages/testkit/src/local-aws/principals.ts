/** Who a request comes from, and the names under which a trust policy can mean them. No permissions: those are the role's. */
import { createHash } from 'node:crypto';

/** Somebody who can sign a request. */
export interface Principal {
  readonly kind: 'user' | 'user-session' | 'assumed-role' | 'federated-user';
  readonly accountId: string;
  /** What GetCallerIdentity answers. */
  readonly arn: string;
  readonly userId: string;
  /** What a role's `trust` may say to let this principal in. */
  readonly trustedAs: readonly string[];
  /** Whether a one-time code stood at the beginning of this session. */
  readonly mfa: boolean;
  readonly sourceIdentity?: string;
  /** S3 actions that are allowed; `undefined` allows everything. */
  readonly allow?: readonly string[];
}

/** The parts of a role's ARN that sessions are named after. */
export interface RoleName {
  readonly arn: string;
  readonly partition: string;
  readonly accountId: string;
  /** Without the path. */
  readonly name: string;
}

const roleArn = /^arn:(aws[a-z-]*):iam::(\d{12}):role\/(?:[\x21-\x7e]*\/)?([\w+=,.@-]{1,64})$/;

/** Reads a role's ARN, or `undefined` when it is none. */
export function parseRoleArn(arn: string): RoleName | undefined {
  const [, partition, accountId, name] = roleArn.exec(arn) ?? [];
  return partition && accountId && name ? { arn, partition, accountId, name } : undefined;
}

/** A unique id as IAM makes them (`AROA…` for a role, `AIDA…` for a user), the same for the same ARN in every run. */
function uniqueId(prefix: string, arn: string): string {
  const digest = createHash('sha256').update(arn).digest();
  return prefix + [...digest.subarray(0, 17)].map((byte) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'[byte % 32]).join('');
}

const accountNames = (accountId: string): string[] => ['*', accountId, `arn:aws:iam::${accountId}:root`];

export function userPrincipal(name: string, accountId: string): Principal {
  const arn = `arn:aws:iam::${accountId}:user/${name}`;
  const trustedAs = [...accountNames(accountId), arn];
  return { kind: 'user', accountId, arn, userId: uniqueId('AIDA', arn), trustedAs, mfa: false };
}

export function assumedRolePrincipal(
  role: RoleName,
  sessionName: string,
  session: Pick<Principal, 'mfa' | 'sourceIdentity' | 'allow'>,
): Principal {
  const arn = `arn:${role.partition}:sts::${role.accountId}:assumed-role/${role.name}/${sessionName}`;
  return {
    kind: 'assumed-role',
    accountId: role.accountId,
    arn,
    userId: `${uniqueId('AROA', role.arn)}:${sessionName}`,
    trustedAs: [...accountNames(role.accountId), role.arn, arn],
    ...session,
  };
}

export function federatedUserPrincipal(name: string, accountId: string): Principal {
  const arn = `arn:aws:sts::${accountId}:federated-user/${name}`;
  const trustedAs = [...accountNames(accountId), arn];
  return { kind: 'federated-user', accountId, arn, userId: `${accountId}:${name}`, trustedAs, mfa: false };
}
