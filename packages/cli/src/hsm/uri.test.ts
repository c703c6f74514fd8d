import type { Token } from '@brs/pkcs11';
import { describe, expect, it } from 'vitest';
import { hasPin, inSlot, isNamed, keyOf, keyUri } from './uri.js';

const token = { label: 'the gate/way', serial: '5c1f', slot: 7, manufacturer: 'SoftHSM project', model: 'v2' } as Token;
const key = { label: 'device ü', id: '01ab' };

describe('the URI of a key', () => {
  it('has what options say, escaped, and the place of the PIN', () => {
    const named = { module: '/opt/my hsm/lib.so', pin: { fromFile: '/etc/pin' } };
    expect(keyUri(named, token, key)).toBe(
      'pkcs11:token=the%20gate%2Fway;object=device%20%C3%BC;type=private?module-path=/opt/my%20hsm/lib.so&pin-source=file:/etc/pin',
    );
  });

  it('has the serial and the id where there is no label', () =>
    expect(keyUri({ module: 'softhsm2' }, { ...token, label: '' }, { ...key, label: '' })).toBe(
      'pkcs11:serial=5c1f;id=%01%ab;type=private?module-name=softhsm2',
    ));

  it('keeps the query of a URI, but for a PIN', () => {
    const uri = 'pkcs11:token=x?module-name=softhsm2&pin-value=1234';
    expect(keyUri({ uri }, token, key)).toMatch(/\?module-name=softhsm2$/);
    expect(inSlot({ uri }, 7)).toEqual({ uri: 'pkcs11:slot-id=7?module-name=softhsm2' });
    const withPin = 'pkcs11:token=x?module-name=softhsm2&pin-source=file:/etc/pin';
    expect(keyUri({ uri: withPin }, token, key)).toMatch(/\?module-name=softhsm2&pin-source=file:\/etc\/pin$/);
    expect(inSlot({ uri: withPin }, 7)).toEqual({ uri: 'pkcs11:slot-id=7?module-name=softhsm2' });
    expect(inSlot({ module: 'softhsm2' }, 7)).toEqual({ module: 'softhsm2', token: { slot: 7 } });
  });

  it('is never made of a PIN', () => expect(keyUri({ module: 'm', pin: '1234' }, token, key)).not.toContain('1234'));
});

it.each([
  [{}, true],
  [{ token: { label: 'the gate/way' } }, true],
  [{ token: { label: 'the gate/way', slot: 8 } }, false],
  [{ uri: 'pkcs11:token=the%20gate%2Fway;model=v2?module-name=m' }, true],
  [{ uri: 'pkcs11:slot-id=7' }, true],
  [{ uri: 'pkcs11:serial=5c1e' }, false],
  [{ uri: 'pkcs11:?module-name=m', token: { serial: '5c1e' } }, false],
])('%j names it: %s', (named, expected) => expect(isNamed(named, token)).toBe(expected));

it('reads the key that a URI names', () => {
  expect(keyOf('pkcs11:object=device%20%C3%BC;id=%01a%AB?module-name=m')).toEqual({ label: 'device ü', id: '0161AB' });
  expect(keyOf('pkcs11:token=x')).toEqual({});
});

it.each([
  ['pkcs11:token=x?module-name=m&pin-source=file:/etc/pin', true],
  ['pkcs11:token=x?pin-value=1', true],
  ['pkcs11:token=pin-value?module-name=m', false],
  [undefined, false],
])('%j says where the PIN is: %s', (uri, expected) => expect(hasPin(uri)).toBe(expected));
