/** A device in an AWS IoT account of one's own. Nothing is made or changed there but objects in the bucket that was named. */
import { pem } from '@brs/iot-x509';
import { pkcs11 } from '@brs/pkcs11';
import type { OwnDevice } from './options.js';
import type { Site } from './site.js';

/** Reads the identity; nothing is connected. */
export function openOwnSite(own: OwnDevice): Site {
  const { endpoint, dataEndpoint, roleAlias, certificate, key, region, thingName, bucket, topic } = own;
  const identity =
    key.kind === 'pem'
      ? pem({ certificate, privateKey: key.privateKey })
      : pkcs11({ module: key.module, token: key.token, key: key.key, pin: { file: key.pinFile }, certificate });
  return {
    surroundings: { region, provider: { endpoint }, roleAlias, broker: { endpoint: dataEndpoint } },
    participants: [{ name: key.kind, thingName, identity }],
    bucket,
    topic,
    close: async () => {},
  };
}
