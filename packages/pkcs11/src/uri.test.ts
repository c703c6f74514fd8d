import { InvalidOptionsError } from '@brs/core';
import { describe, expect, it } from 'vitest';
import { parseUri } from './uri.js';

/** What a URI says, without what it does not say. */
const said = (uri: string): unknown => JSON.parse(JSON.stringify(parseUri(uri)));

describe('parseUri', () => {
  it('reads every attribute of RFC 7512', () => {
    const uri =
      'pkcs11:token=My%20token;manufacturer=Snake%20Oil;serial=DECC0401648;model=1.0' +
      ';library-manufacturer=Snake%20Oil,%20Inc.;library-description=Soft%20Token;library-version=3' +
      ';object=my-key;type=private;id=%69%95%3E%5C%F4%BD%EC%91;slot-id=327;slot-description=Front;slot-manufacturer=Acme' +
      '?module-path=/usr/lib/libsnake.so&module-name=snake&pin-source=file:/etc/token';
    expect(said(uri)).toEqual({
      module: { path: '/usr/lib/libsnake.so', name: 'snake' },
      library: { manufacturer: 'Snake Oil, Inc.', description: 'Soft Token', version: '3.0' },
      token: {
        label: 'My token',
        serial: 'DECC0401648',
        slot: 327,
        manufacturer: 'Snake Oil',
        model: '1.0',
        slotDescription: 'Front',
        slotManufacturer: 'Acme',
      },
      key: { label: 'my-key', id: '69953e5cf4bdec91' },
      type: 'private',
      pin: { file: '/etc/token' },
    });
  });

  it.each<[string, string, object]>([
    ['nothing', 'pkcs11:', { module: {}, library: {}, token: {}, key: {} }],
    ['a scheme in capitals', 'PKCS11:token=a', { token: { label: 'a' } }],
    ['characters beyond ASCII', 'pkcs11:token=%C3%A4%E2%82%AC', { token: { label: 'ä€' } }],
    ['an id that is not escaped', 'pkcs11:id=key', { key: { id: '6b6579' } }],
    ['an id in capitals', 'pkcs11:id=%AB%cd', { key: { id: 'abcd' } }],
    ['an escaped separator', 'pkcs11:object=a%3Bb%3Dc', { key: { label: 'a;b=c' } }],
    ['an equals sign in a value', 'pkcs11:object=a=b', { key: { label: 'a=b' } }],
    ['an empty value', 'pkcs11:token=', { token: { label: '' } }],
    ['a version', 'pkcs11:library-version=2.40', { library: { version: '2.40' } }],
    ['a PIN', 'pkcs11:?pin-value=12%2634', { pin: '12&34' }],
    ['the path of a PIN', 'pkcs11:?pin-source=/etc/pin', { pin: { file: '/etc/pin' } }],
    ['the URI of a PIN', 'pkcs11:?pin-source=file:///etc/my%20pin', { pin: { file: '/etc/my pin' } }],
    ['the URI of a PIN with a host', 'pkcs11:?pin-source=file://localhost/etc/pin', { pin: { file: '/etc/pin' } }],
  ])('reads %s', (_, uri, expected) => {
    expect(said(uri)).toMatchObject(expected);
  });

  it.each([
    ['another scheme', 'https://example.com', 'must begin with `pkcs11:`'],
    ['a fragment', 'pkcs11:token=a#secret', 'must begin with `pkcs11:`'],
    ['an attribute that it does not know', 'pkcs11:tokn=secret', 'has the attribute `tokn` that is not known'],
    ['a vendor attribute', 'pkcs11:x-secret=secret', 'has the attribute `x-secret` that is not known'],
    ['a query attribute in the path', 'pkcs11:pin-value=secret', 'has the attribute `pin-value` that is not known'],
    ['a path attribute in the query', 'pkcs11:?token=secret', 'has the attribute `token` that is not known'],
    ['a name in capitals', 'pkcs11:Token=secret', 'has the attribute `Token` that is not known'],
    ['a name that is none', 'pkcs11:?pin-value=12&my secret=a', 'has the attribute of a name that is not known'],
    ['an attribute twice', 'pkcs11:token=a;token=secret', 'has the attribute `token` twice'],
    ['an attribute without a value', 'pkcs11:secret', 'has an attribute without a value'],
    ['half an escape', 'pkcs11:token=%2', 'has a percent sign in `token` that begins no escape'],
    ['bytes that are no UTF-8', 'pkcs11:token=%ff', 'has a value in `token` that is no UTF-8'],
    ['a type that is none of a key', 'pkcs11:type=data', 'has another `type`'],
    ['a slot that is no number', 'pkcs11:slot-id=0x1', 'has a `slot-id` that is no decimal number'],
    ['a version that is none', 'pkcs11:library-version=new', 'has a `library-version`'],
    ['a PIN twice', 'pkcs11:?pin-value=secret&pin-source=/secret', 'has both `pin-value` and `pin-source`'],
    ['an empty PIN', 'pkcs11:?pin-value=', 'has an empty `pin-value`'],
    ['a command for the PIN', 'pkcs11:?pin-source=%7C/bin/secret', 'has a `pin-source` that is no file'],
    ['a relative file for the PIN', 'pkcs11:?pin-source=file:secret', 'has a `pin-source` that is no file'],
  ])('refuses %s', (_, uri, problem) => {
    let error: unknown;
    try {
      parseUri(uri);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(InvalidOptionsError);
    expect((error as Error).message).toContain(`Option \`uri\` ${problem}`);
    expect((error as Error).message).not.toMatch(/=secret|\/secret/);
  });
});
