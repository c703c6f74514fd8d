/** The calls of a PKCS#11 module, for tests that do to a token what its other users do. It is compiled at installation, or not there. */
export { PKCS11 } from 'pkcs11js';
