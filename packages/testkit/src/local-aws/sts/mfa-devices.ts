/** The devices that make one-time codes. It remembers what was used: a code that was accepted once is refused for ever. */
import { Secret, TOTP } from 'otpauth';
import type { LocalMfaDevice } from '../options.js';
import type { Principal } from '../principals.js';
import type { ServerClock } from '../server-clock.js';
import { accessDenied } from './sts-error.js';

interface Device {
  readonly userName: string;
  /** What a right code stands for, which can be used once: itself, or the time step of a device with a clock. */
  readonly recognise: (code: string) => string | undefined;
  readonly used: Set<string>;
}

export class MfaDevices {
  readonly #devices = new Map<string, Device>();

  constructor(
    private readonly clock: ServerClock,
    private readonly baseUser: string,
  ) {}

  add(device: LocalMfaDevice): void {
    const recognise = 'codes' in device ? fixedCodes(device.codes) : timedCodes(device.totpSecret, this.clock);
    this.#devices.set(device.serialNumber, { userName: device.user ?? this.baseUser, recognise, used: new Set() });
  }

  /**
   * Checks the code that came with a request, and uses it up. True when there was one, false when there was none.
   *
   * @throws ServiceError (`AccessDenied`) when it is wrong, was used before, or the device is not the caller's.
   */
  verify(caller: Principal, serialNumber: string | undefined, code: string | undefined): boolean {
    if (serialNumber === undefined && code === undefined) return false;
    if (serialNumber === undefined || code === undefined) {
      throw failed(', must provide both MFA serial number and one time pass code.');
    }
    const device = this.#devices.get(serialNumber);
    if (!device || !caller.arn.endsWith(`:user/${device.userName}`)) {
      throw failed(
        ', unable to validate MFA code.  Please verify your MFA serial number is valid and associated with this user.',
      );
    }
    const recognised = device.recognise(code);
    if (recognised === undefined || device.used.has(recognised)) {
      throw failed(' with invalid MFA one time pass code. ');
    }
    device.used.add(recognised);
    return true;
  }
}

const failed = (why: string): Error => accessDenied(`MultiFactorAuthentication failed${why}`);

function fixedCodes(codes: readonly string[]): Device['recognise'] {
  return (code) => (codes.includes(code) ? code : undefined);
}

/** One step early or late is tolerated, as for a device whose clock is a little off. */
function timedCodes(secret: string, clock: ServerClock): Device['recognise'] {
  const totp = new TOTP({ secret: Secret.fromBase32(secret) });
  return (code) => {
    const timestamp = clock.now();
    const delta = totp.validate({ token: code, timestamp, window: 1 });
    return delta === null ? undefined : String(totp.counter({ timestamp }) + delta);
  };
}
