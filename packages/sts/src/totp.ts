/** MFA codes computed from the secret of a virtual device (RFC 6238). Costs nothing in a bundle that does not use it. */
import { checkOptions, rule } from '@brs/core';
import type { MfaTokenContext } from './mfa-options.js';

/** Options of {@link totp}. */
export interface TotpOptions {
  /** Gives the secret of the virtual device, in Base32 as AWS shows it. Called for every code; the secret is not kept. */
  readonly secret: (context: { readonly signal: AbortSignal }) => string | Promise<string>;
}

/**
 * Makes an `mfa.token` that computes each code from the secret of a virtual MFA device, by AWS's time as far as it is
 * known.
 *
 * @throws `InvalidOptionsError` (`INVALID_OPTIONS`) when there are no options, or `secret` is no function.
 *
 * @example
 * ```ts
 * const session = new RefreshableSession({
 *   method: 'sts',
 *   assumeRole: { RoleArn: 'arn:aws:iam::123456789012:role/admin' },
 *   mfa: {
 *     serialNumber: 'arn:aws:iam::123456789012:mfa/jane',
 *     token: totp({ secret: () => readFile('/run/secrets/mfa', 'utf8') }),
 *   },
 * });
 * ```
 */
export function totp(options: TotpOptions): (context: MfaTokenContext) => Promise<string> {
  checkOptions({ totp: options }, { totp: rule.shape({ secret: rule.function }, ['secret']) }, { required: ['totp'] });
  return async ({ signal, time }) => {
    const [{ Secret, TOTP }, secret] = await Promise.all([import('otpauth'), options.secret({ signal })]);
    let key: InstanceType<typeof Secret>;
    try {
      key = Secret.fromBase32(secret.replace(/[\s=-]/g, ''));
    } catch {
      // The library's own message would show a character of the secret.
      throw new TypeError('`totp.secret` must give a Base32 string.');
    }
    return TOTP.generate({ secret: key, timestamp: time.getTime() });
  };
}
