/**
 * Asks the identity, each time that a connection was lost or failed, whether it is still the one that the client uses. A
 * TLS context is fixed, so a client cannot change its certificate: it says so, and stops where no attempt can succeed.
 */
import type { EventEmitter } from 'node:events';
import { materialOf, type TlsIdentity, type TlsMaterial } from '@brs/core';
import type { IdentityRefused } from './events.js';

/** The library's name for every failure inside of a PKCS#11 module. */
const tokenFailure = 'AWS_ERROR_PKCS11_';

/**
 * The check, to be called with the name of the error. It never rejects, and does nothing while one is under way.
 *
 * A context signs in a PKCS#11 session of its own. When the token has ended that, the identity opens another, but the
 * context never does.
 */
export function watchIdentity(
  identity: TlsIdentity,
  used: TlsMaterial,
  client: EventEmitter,
  stop: () => void,
): (errorName?: string) => Promise<void> {
  let known = fingerprint(used);
  let running = false;
  let sessionEnded = false;
  return async (errorName) => {
    if (running) return;
    running = true;
    try {
      const current = fingerprint(await materialOf(identity));
      const endsNow = !sessionEnded && errorName?.startsWith(tokenFailure) === true;
      // In a turn of its own, as the library's events are: a listener that throws is nothing that the identity has thrown.
      if (current !== known || endsNow) process.nextTick(() => client.emit('identityOutdated', {}));
      known = current;
      sessionEnded ||= endsNow;
    } catch (error) {
      const failure = identity.classify(error);
      if (failure?.kind === 'terminal') {
        stop();
        process.nextTick(tell, client, { error, hint: failure.hint });
      }
    } finally {
      running = false;
    }
  };
}

/** Nobody may take a client that has given up for one that is reconnecting. */
function tell(client: EventEmitter, event: IdentityRefused): void {
  if (client.emit('identityRefused', event)) return;
  process.emitWarning(`An MQTT client was stopped: its identity is refused. ${event.hint}`, 'MqttIdentityWarning');
}

/** Every field that `JSON.stringify` shows: all but the secrets. */
const fingerprint = (material: TlsMaterial): string => JSON.stringify({ ...material });
