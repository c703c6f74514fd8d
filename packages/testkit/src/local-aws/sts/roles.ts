/** The roles that can be assumed. */
import type { LocalRole } from '../options.js';
import { parseRoleArn, type Principal, type RoleName } from '../principals.js';

/** A role with its defaults filled in. */
export interface Role extends Required<Omit<LocalRole, 'externalId' | 'allow'>>, RoleName {
  readonly externalId?: string;
  readonly allow?: readonly string[];
}

export class Roles {
  readonly #byArn = new Map<string, Role>();

  /** `open`: a role that nobody has put exists all the same, and trusts everybody. */
  constructor(private readonly open: boolean) {}

  put(role: LocalRole): void {
    this.#byArn.set(role.arn, complete(role));
  }

  find(arn: string): Role | undefined {
    const found = this.#byArn.get(arn);
    if (found || !this.open || !parseRoleArn(arn)) return found;
    return complete({ arn });
  }
}

/** Whether the role lets one of these names in. */
export function trusts(role: Role, names: Principal['trustedAs']): boolean {
  return role.trust.some((trusted) => trusted === '*' || names.includes(trusted));
}

function complete(role: LocalRole): Role {
  const name = parseRoleArn(role.arn);
  // Whoever puts a role has checked it.
  if (!name) throw new TypeError('The arn of a role must be the ARN of a role.');
  return { trust: ['*'], requireMfa: false, minDurationSeconds: 1, maxDurationSeconds: 43_200, ...role, ...name };
}
