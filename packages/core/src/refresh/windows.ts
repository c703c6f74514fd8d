/**
 * From the lifetime of a set of credentials to the instants at which it is refreshed. Pure: no clock, no state.
 *
 * The windows by lifetime are those that the AWS SDKs of 2026 share; the caps keep them in order for lifetimes of seconds.
 */

const minute = 60_000;

/** What the user configured, in seconds. */
export interface WindowSettings {
  readonly advisoryWindowSeconds?: number | undefined;
  readonly mandatoryWindowSeconds?: number | undefined;
}

/** How long before expiry each window opens, in milliseconds: `0 < mandatoryMs < advisoryMs < lifetime`. */
export interface Windows {
  readonly advisoryMs: number;
  readonly mandatoryMs: number;
}

/** The shortest advisory window that a lifetime gives before the caps: what a mandatory window alone must stay below. */
export const SHORTEST_ADVISORY_SECONDS: number = 300;
export const DEFAULT_MANDATORY_SECONDS: number = 60;

/** The windows for a lifetime: the configured ones, or by lifetime, and never more of it than the caps allow. */
export function windowsFor(lifetimeMs: number, settings: WindowSettings = {}): Windows {
  const byLifetime = lifetimeMs <= 20 * minute ? SHORTEST_ADVISORY_SECONDS : lifetimeMs < 90 * minute ? 900 : 3600;
  const { advisoryWindowSeconds = byLifetime, mandatoryWindowSeconds = DEFAULT_MANDATORY_SECONDS } = settings;
  return {
    advisoryMs: Math.min(advisoryWindowSeconds * 1000, lifetimeMs * 0.75),
    mandatoryMs: Math.min(mandatoryWindowSeconds * 1000, lifetimeMs * 0.1),
  };
}

/** Whether a configured window had to be made shorter for this lifetime. */
export function areCapped(
  { advisoryMs, mandatoryMs }: Windows,
  { advisoryWindowSeconds = 0, mandatoryWindowSeconds = 0 }: WindowSettings,
): boolean {
  return advisoryMs < advisoryWindowSeconds * 1000 || mandatoryMs < mandatoryWindowSeconds * 1000;
}

/** The instants at which the windows open, in epoch milliseconds. */
export interface Deadlines {
  readonly advisoryAt: number;
  readonly mandatoryAt: number;
}

/**
 * The instants for a set that expires at `expiresAt`. `jitter` in [0, 1) moves the advisory instant over the first half
 * of the band between the two windows, so that a fleet started together does not refresh together.
 */
export function deadlinesFor(expiresAt: number, { advisoryMs, mandatoryMs }: Windows, jitter: number): Deadlines {
  return {
    advisoryAt: expiresAt - advisoryMs + (jitter * (advisoryMs - mandatoryMs)) / 2,
    mandatoryAt: expiresAt - mandatoryMs,
  };
}
