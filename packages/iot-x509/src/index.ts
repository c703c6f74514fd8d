/** Importing this package makes `method: 'iot-x509'` known to every session of the process, and to the compiler. */
import './register.js';

export { IotError, type IotErrorCode, type IotErrorDetails } from './errors.js';
export type { PemIdentity } from './file-identity.js';
export type { IdentityOption, IotX509Options, ProviderOptions } from './options.js';
export { type Passphrase, pem, type PemOptions } from './pem.js';
export { pkcs12, type Pkcs12Options } from './pkcs12.js';
