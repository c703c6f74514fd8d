/** What the compiler knows of the options of each function, and of what comes back. Checked by `typecheck`; never run. */
import type { Pkcs11TlsIdentity, TlsIdentity } from '@brs/core';
import { expectTypeOf } from 'vitest';
import { generateKeyPair, getSigner, listKeys, pkcs11, type Pkcs11Error, type Pkcs11Identity } from '../src/index.js';

expectTypeOf<Pkcs11Identity>().toExtend<Pkcs11TlsIdentity>();
expectTypeOf(pkcs11).returns.toExtend<TlsIdentity>();
expectTypeOf(getSigner).returns.resolves.toHaveProperty('algorithm').toEqualTypeOf<'RSA' | 'EC'>();
expectTypeOf<'PIN_INCORRECT'>().toExtend<Pkcs11Error['code']>();
expectTypeOf<'NOTHING'>().not.toExtend<Pkcs11Error['code']>();

pkcs11({ uri: 'pkcs11:token=gate', pin: () => '1234' });
pkcs11({ module: 'softhsm2', token: { serial: '1' }, key: { id: '01' }, pin: { file: '/etc/pin' } });

// @ts-expect-error -- a misspelt option
pkcs11({ module: 'softhsm2', tokn: 'gate' });
// @ts-expect-error -- a number is no PIN: it would lose leading zeros
pkcs11({ module: 'softhsm2', pin: 1234 });
// @ts-expect-error -- listing takes no key
void listKeys({ module: 'softhsm2', key: 'device' });
// @ts-expect-error -- a key pair wants a label
void generateKeyPair({ module: 'softhsm2', type: 'ec-p256' });
// @ts-expect-error -- no such key pair
void generateKeyPair({ module: 'softhsm2', type: 'dsa', label: 'a' });
