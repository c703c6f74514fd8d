export { type CertificateRequestOptions, createCertificateRequest } from './certificate-request.js';
export type { Certificate } from './certificates.js';
export { listCertificates, listKeys, listSlots, listTokens } from './discovery.js';
export { Pkcs11Error, type Pkcs11ErrorCode } from './errors.js';
export {
  type GeneratedKeyPair,
  generateKeyPair,
  type GenerateKeyPairOptions,
  type KeyPairType,
} from './generate-key-pair.js';
export { pkcs11, type Pkcs11Identity } from './identity.js';
export { importCertificate, type ImportCertificateOptions } from './import-certificate.js';
export { type InstalledModule, listModules } from './installed-modules.js';
export type { Key } from './keys.js';
export type { KeyOptions, ModuleOptions, Pkcs11Options, TokenOptions } from './options.js';
export type { PinOption } from './pin.js';
export type { SigningHash } from './sign.js';
export { getSigner, type Pkcs11Signer, type SignOptions } from './signer.js';
export type { Slot, Token } from './tokens.js';
