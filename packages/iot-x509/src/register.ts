/** Makes `method: 'iot-x509'` known, at run time and to the compiler. The only module of the package with a side effect. */
import { registerMethod } from '@brs/core';
import type { IotX509Options } from './options.js';
import { createIotX509Strategy } from './strategy.js';

declare module '@brs/core' {
  interface SessionMethods {
    /** The AWS IoT credential provider, over mutual TLS. */
    'iot-x509': IotX509Options;
  }
}

registerMethod<IotX509Options>({ method: 'iot-x509', packageName: '@brs/iot-x509', create: createIotX509Strategy });
