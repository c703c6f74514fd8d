/**
 * Loads the device SDK and with it the native library: when the first client is made, not when this package is imported.
 */
export type Sdk = typeof import('aws-iot-device-sdk-v2');

/** The SDK. Its modules are CommonJS; their names are there in both module systems. */
export function loadSdk(): Promise<Sdk> {
  return import('aws-iot-device-sdk-v2');
}
