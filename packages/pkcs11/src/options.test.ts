import { describe, expect, it } from 'vitest';
import { keyRules, locate } from './options.js';

const where = (options: object) => locate(options as never, keyRules);

describe('locate', () => {
  it('reads labels and queries', () => {
    expect(where({ module: 'softhsm2', token: 'gate', key: 'device' })).toMatchObject({
      module: 'softhsm2',
      token: { label: 'gate' },
      key: { label: 'device' },
      hasPin: false,
      useFinalTry: false,
    });
    expect(where({ module: 'm', token: { serial: 'a', slot: 0 }, key: { id: 'AB' }, pin: '1' })).toMatchObject({
      token: { serial: 'a', slot: 0 },
      key: { id: 'ab' },
      hasPin: true,
    });
  });

  it('takes from a URI what no option says', () => {
    const uri = 'pkcs11:token=gate;object=device;library-version=2.6?module-name=softhsm2&pin-value=1234';
    const location = where({ uri });
    expect(location).toMatchObject({
      module: 'softhsm2',
      token: { label: 'gate' },
      key: { label: 'device' },
      library: { version: '2.6' },
      hasPin: true,
    });
    expect(where({ uri: 'pkcs11:token=gate', module: 'm', key: 'device' })).toMatchObject({
      module: 'm',
      token: { label: 'gate' },
      key: { label: 'device' },
    });
  });

  it.each([
    ['pkcs11:?module-path=/lib/a.so', '/lib/a.so'],
    ['pkcs11:?module-path=/lib&module-name=a', '/lib/liba.so'],
    ['pkcs11:?module-path=/lib/a.so.1&module-name=a', '/lib/a.so.1'],
    ['pkcs11:?module-name=a', 'a'],
  ])('finds the module of %s', (uri, module) => {
    expect(where({ uri }).module).toBe(module);
  });

  it.each<[object, string]>([
    [{}, 'Option `module` is required, unless `uri` has'],
    [{ module: '' }, 'Option `module` must be a non-empty string'],
    [{ module: 'm', tokn: 'a' }, 'Option `tokn` is unknown'],
    [{ module: 'm', token: { name: 'a' } }, 'Option `token.name` is unknown; known are label, serial, slot'],
    [{ module: 'm', token: { slot: -1 } }, 'Option `token.slot` must be a whole number from 0'],
    [{ module: 'm', key: { id: '0x01' } }, 'Option `key.id` must be bytes in hex'],
    [{ module: 'm', pin: 1234 }, 'Option `pin` must be a string, { file }, { env } or a function'],
    [{ module: 'm', pin: '' }, 'Option `pin` must not be empty'],
    [{ module: 'm', pin: { file: '/secret', env: 'secret' } }, 'Option `pin` must be either { file } or { env }'],
    [{ module: 'm', pin: { value: 'secret' } }, 'Option `pin` must be either { file } or { env }'],
    [{ module: 'm', pin: { env: '' } }, 'Option `pin` must name its env'],
    [{ module: 'm', uri: 'pkcs11:?module-name=n' }, 'Option `module` says what `uri` says too'],
    [{ module: 'm', uri: 'pkcs11:serial=1', token: 'a' }, 'Option `token` says what `uri` says too'],
    [{ module: 'm', uri: 'pkcs11:id=1', key: 'a' }, 'Option `key` says what `uri` says too'],
    [{ module: 'm', uri: 'pkcs11:?pin-value=secret', pin: 'secret' }, 'Option `pin` says what `uri` says too'],
  ])('refuses %j', (options, message) => {
    expect(() => where(options)).toThrow(message);
    expect(() => where(options)).not.toThrow(/secret/);
  });

  it.each([undefined, null, 'softhsm2'])('says that %j is no options', (options) => {
    expect(() => where(options as never)).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTIONS', option: 'options' }),
    );
  });
});
