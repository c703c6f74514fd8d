import { inspect } from 'node:util';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { pkcs11 } from './identity.js';

const pin = 'planted-pin-4711';
afterEach(() => vi.unstubAllGlobals());

function onPlatform(platform: string): void {
  vi.stubGlobal('process', Object.create(process, { platform: { value: platform } }));
}

describe('pkcs11', () => {
  it('touches nothing before it is used, and prints no PIN', () => {
    const identity = pkcs11({ module: '/nonexistent.so', token: 'gate', key: 'device', pin });
    const uri = `pkcs11:token=gate?module-path=/nonexistent.so&pin-value=${pin}`;
    for (const shown of [identity, pkcs11({ uri })]) {
      expect(shown.kind).toBe('pkcs11');
      expect(
        inspect(shown, { showHidden: true, depth: Infinity, getters: true }) + JSON.stringify(shown),
      ).not.toContain(pin);
    }
  });

  it.each(['darwin', 'win32'])('says on %s at construction that it cannot work there', (platform) => {
    onPlatform(platform);
    expect(() => pkcs11({ module: 'm' })).toThrow(
      expect.objectContaining({
        code: 'UNSUPPORTED_PLATFORM',
        message: expect.stringContaining(platform),
        hint: expect.stringContaining('getSigner() work here too'),
      }),
    );
  });

  it('refuses bad options first', () => {
    onPlatform('win32');
    expect(() => pkcs11({ module: 'm', certificate: '' })).toThrow('Option `certificate` must be a non-empty string');
    expect(() => pkcs11({ module: 'm', password: pin } as never)).toThrow('Option `password` is unknown');
  });

  it('says of a module that is not there that it is not, and what there is', async () => {
    const identity = pkcs11({ module: '/nonexistent.so', pin });
    const error = await identity.open().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'MODULE_NOT_LOADED' });
    expect(identity.classify(error)).toMatchObject({ kind: 'terminal' });
    expect(inspect(error, { showHidden: true, depth: Infinity })).not.toContain(pin);
  });
});
