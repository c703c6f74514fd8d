/** Where devices work: on loopback, or in an account of one's own. */
import type { TlsIdentity } from '@brs/core';
import type { Surroundings } from './device.js';

/** A device before it is set up. */
export interface Participant {
  /** What it is called in the account and in the outcome. */
  readonly name: 'pem' | 'hsm';
  readonly thingName?: string | undefined;
  readonly identity: TlsIdentity;
}

/** What is around the devices. */
export interface Site {
  readonly surroundings: Surroundings;
  readonly participants: readonly Participant[];
  /** Where objects are put; `undefined`: none are. */
  readonly bucket: string | undefined;
  /** What devices publish to is below this. */
  readonly topic: string;
  /** Where the broker is ours to restart. */
  readonly restartBroker?: () => Promise<void>;
  close(): Promise<void>;
}
