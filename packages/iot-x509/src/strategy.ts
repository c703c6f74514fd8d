/** The method as a strategy: one request to the credential provider, whoever holds the key. The rest is the session's. */
import {
  defineStrategy,
  materialOf,
  type PemMaterial,
  type Strategy,
  type StrategyContext,
  type TlsIdentity,
} from '@brs/core';
import { maxBodyBytes, readAnswer } from './answer.js';
import { certificateNotices } from './certificate-notices.js';
import { regionOf } from './endpoint.js';
import { IotError } from './errors.js';
import { createHttpsTransport } from './https-transport.js';
import { checkIotX509Options, type IotX509Options, requestOf } from './options.js';
import { type PemOptions, pemIdentity } from './pem.js';
import { callerIdentity } from './whoami.js';

/**
 * Makes the strategy from the options of `method: 'iot-x509'`. It reads the files of the device, and touches no network.
 *
 * @throws `InvalidOptionsError` (`INVALID_OPTIONS`) naming the option.
 */
export function createIotX509Strategy(options: IotX509Options, context: StrategyContext): Strategy {
  checkIotX509Options(options);
  const base = requestOf(options, maxBodyBytes);
  const identity: TlsIdentity = options.identity ?? pemIdentity(options as PemOptions);
  const { send, close } = createHttpsTransport();
  const observe = certificateNotices(identity, context);
  let isToWarn = !base.verifyServer;

  return defineStrategy({
    name: 'iot-x509',
    tlsIdentity: identity,

    async acquire({ signal }) {
      signal.throwIfAborted();
      const material = await materialOf(identity);
      // Not before: a session that asks at its construction has no listener yet.
      if (isToWarn) {
        isToWarn = false;
        const message = 'The server is not verified: it can be anybody.';
        context.notify({ code: 'SERVER_NOT_VERIFIED', message });
      }
      const request = { ...base, signal };
      const response =
        identity.kind === 'pem' ? await send(material as PemMaterial, request) : await identity.request(request);
      const set = readAnswer(response);
      observe(material.certificate, set.sourceTime?.getTime() ?? context.clock.now());
      return set;
    },

    identity: (asked) => callerIdentity(asked, context.region ?? regionOf(base.host)),
    classify: (error) =>
      identity.classify(error) ?? (error instanceof IotError ? error.failure : { kind: 'recoverable' }),
    close,
  });
}
