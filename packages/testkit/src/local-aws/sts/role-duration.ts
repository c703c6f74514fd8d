/** How long a role's session lasts. */
import type { Role } from './roles.js';
import { validationError } from './sts-error.js';

const chainedMaxSeconds = 3_600;

/**
 * The session's length in seconds: as asked for, or an hour.
 *
 * @throws ServiceError (`ValidationError`) when more or less was asked for than the role, or role chaining, allows.
 */
export function roleDurationSeconds(role: Role, asked: number | undefined, chained: boolean): number {
  if (asked === undefined) return Math.min(3_600, role.maxDurationSeconds);
  if (asked < role.minDurationSeconds) {
    throw validationError(
      `1 validation error detected: Value '${asked}' at 'durationSeconds' failed to satisfy constraint: Member must have value greater than or equal to ${role.minDurationSeconds}`,
    );
  }
  if (chained && asked > chainedMaxSeconds) {
    throw validationError(
      'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.',
    );
  }
  if (asked > role.maxDurationSeconds) {
    throw validationError('The requested DurationSeconds exceeds the MaxSessionDuration set for this role.');
  }
  return asked;
}
