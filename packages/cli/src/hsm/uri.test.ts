import type { Slot, Token } from '@brs/pkcs11';
import { describe, expect, it } from 'vitest';
import { hasPin, inSlot, isNamed, keyOf, keyUri, pinFileOf } from './uri.js';

const token = { label: 'the gate/way', serial: '5c1f', slot: 7, manufacturer: 'SoftHSM project', model: 'v2' } as Token;
const slot = { id: 7, description: 'the first', manufacturer: 'Example', token } as Slot;
const key = { label: 'device ü', id: '01ab' };
const none = { tokens: [], keys: [] };

describe('the URI of a key', () => {
  it('has what options say, escaped, and the place of the PIN', () => {
    const named = { module: '/opt/my hsm/lib.so', pin: { fromFile: '/etc/pin' } };
    expect(keyUri(named, token, key, none)).toBe(
      'pkcs11:token=the%20gate%2Fway;object=device%20%C3%BC;type=private?module-path=/opt/my%20hsm/lib.so&pin-source=file:/etc/pin',
    );
  });

  it('has the serial and the id where there is no label', () =>
    expect(keyUri({ module: 'softhsm2' }, { ...token, label: '' }, { ...key, label: '' }, none)).toBe(
      'pkcs11:serial=5c1f;id=%01%ab;type=private?module-name=softhsm2',
    ));

  it('keeps the query of a URI, but for a PIN', () => {
    const uri = 'pkcs11:token=x?module-name=softhsm2&pin-value=1234';
    expect(keyUri({ uri }, token, key, none)).toMatch(/\?module-name=softhsm2$/);
    expect(inSlot({ uri }, 7)).toEqual({ uri: 'pkcs11:slot-id=7?module-name=softhsm2' });
    const withPin = 'pkcs11:token=x?module-name=softhsm2&pin-source=file:/etc/pin';
    expect(keyUri({ uri: withPin }, token, key, none)).toMatch(/\?module-name=softhsm2&pin-source=file:\/etc\/pin$/);
    expect(inSlot({ uri: withPin }, 7)).toEqual({ uri: 'pkcs11:slot-id=7?module-name=softhsm2' });
    expect(inSlot({ module: 'softhsm2' }, 7)).toEqual({ module: 'softhsm2', token: { slot: 7 } });
  });

  it.each([
    ['no other', {}, {}, 'token=the%20gate%2Fway;object=device%20%C3%BC'],
    ['others', { label: 'b' }, { label: 'b' }, 'token=the%20gate%2Fway;object=device%20%C3%BC'],
    [
      'another of its label',
      { serial: '5c20', slot: 8 },
      {},
      'token=the%20gate%2Fway;serial=5c1f;object=device%20%C3%BC',
    ],
    [
      'another of its label and serial',
      { slot: 8 },
      {},
      'token=the%20gate%2Fway;serial=5c1f;slot-id=7;object=device%20%C3%BC',
    ],
    ['another key of its label', {}, { id: '01ac' }, 'token=the%20gate%2Fway;object=device%20%C3%BC;id=%01%ab'],
    ['its public half', {}, { kind: 'public' }, 'token=the%20gate%2Fway;object=device%20%C3%BC'],
  ])('is as short as it can be beside %s', (_, otherToken, otherKey, path) => {
    const others = { tokens: [token, { ...token, ...otherToken }], keys: [key, { ...key, ...otherKey }] };
    expect(keyUri({ module: 'm' }, token, key, others)).toBe(`pkcs11:${path};type=private?module-name=m`);
  });

  it('is never made of a PIN', () =>
    expect(keyUri({ module: 'm', pin: '1234' }, token, key, none)).not.toContain('1234'));
});

it.each([
  [{}, true],
  [{ token: { label: 'the gate/way' } }, true],
  [{ token: { label: 'the gate/way', slot: 8 } }, false],
  [{ uri: 'pkcs11:token=the%20gate%2Fway;model=v2?module-name=m' }, true],
  [{ uri: 'pkcs11:slot-id=7' }, true],
  [{ uri: 'pkcs11:slot-description=the%20first;slot-manufacturer=Example' }, true],
  [{ uri: 'pkcs11:slot-description=the%20second' }, false],
  [{ uri: 'pkcs11:slot-manufacturer=SoftHSM%20project' }, false],
  [{ uri: 'pkcs11:serial=5c1e' }, false],
  [{ uri: 'pkcs11:?module-name=m', token: { serial: '5c1e' } }, false],
])('%j names it: %s', (named, expected) => expect(isNamed(named, slot)).toBe(expected));

it.each([
  [{}, true],
  [{ uri: 'pkcs11:?module-name=m' }, true],
  [{ uri: 'pkcs11:library-manufacturer=Example?module-name=m' }, true],
  [{ uri: 'pkcs11:token=x' }, false],
  [{ token: { slot: 7 } }, false],
])('%j wants an empty slot: %s', (named, expected) =>
  expect(isNamed(named, { ...slot, token: undefined })).toBe(expected),
);

it.each([
  ['pkcs11:token=x?pin-source=file:/etc/the%20pin&module-name=m', '/etc/the pin'],
  ['pkcs11:token=x?module-name=m&pin-source=file%3A%2F%2F%2Fetc%2Fpin', '/etc/pin'],
  ['pkcs11:token=x?pin-source=/etc/pin', '/etc/pin'],
  ['pkcs11:token=x?pin-source=|cat', undefined],
  ['pkcs11:token=x?pin-source=/etc/%', undefined],
  ['pkcs11:token=x?pin-value=/etc/pin', undefined],
])('%s has its PIN in %s', (uri, file) => expect(pinFileOf(uri)).toBe(file));

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
