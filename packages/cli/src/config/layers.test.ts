import { expect, it } from 'vitest';
import { mergeLayers } from './layers.js';

const layer = (name: string, options: Record<string, unknown>) => ({ options, originOf: () => name });

it('merges objects, and lets what says where a value stands replace the weaker word', () => {
  const file = layer('file', {
    identity: { pkcs11: { token: { label: 'gate' }, pin: { fromFile: '/etc/pin' } } },
    assumeRoleWithWebIdentity: { WebIdentityToken: { file: '/run/token' } },
  });
  const flags = layer('flags', {
    identity: { pkcs11: { token: { serial: '5c1f' }, pin: { fromEnv: 'PIN' } } },
    assumeRoleWithWebIdentity: { WebIdentityToken: { fromEnv: 'TOKEN' } },
  });
  const { options, originOf } = mergeLayers([file, flags]);
  expect(options).toEqual({
    identity: { pkcs11: { token: { label: 'gate', serial: '5c1f' }, pin: { fromEnv: 'PIN' } } },
    assumeRoleWithWebIdentity: { WebIdentityToken: { fromEnv: 'TOKEN' } },
  });
  expect(originOf('identity.pkcs11.pin')).toBe('flags');
  expect(
    mergeLayers([flags, layer('more', { identity: { pkcs11: { pin: { file: '/pin' } } } })]).options,
  ).toMatchObject({
    identity: { pkcs11: { pin: { file: '/pin' } } },
  });
  // What was given is not changed.
  expect(file.options).toMatchObject({ identity: { pkcs11: { pin: { fromFile: '/etc/pin' } } } });
});
