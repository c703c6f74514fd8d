import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Token } from '@brs/pkcs11';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type HsmFlags, readWhere } from './where.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'brs-where-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** As `brs hsm` reads it, with a configuration of which the identity is this. */
async function where(identity: string): Promise<Awaited<ReturnType<typeof readWhere>>> {
  const config = join(folder, 'brs.config.yaml');
  await writeFile(config, `profiles:\n  gate:\n    method: iot-x509\n    identity:\n${identity}`);
  const flags: HsmFlags = { profile: 'gate', config };
  const none = { options: {}, originOf: () => '' };
  return readWhere(flags, { flags: none, env: { HOME: folder } } as unknown as Parameters<typeof readWhere>[1]);
}

it('says where the place of a PIN is named that holds none', async () => {
  const { withPin, pinFailure } = await where(
    '      pkcs11:\n        module: softhsm2\n        pin: { fromFile: /nonexistent/pin }\n',
  );
  const ask = withPin.pin as (token: Token) => Promise<string>;
  await expect(ask({ label: 'gate' } as Token)).rejects.toThrow('cannot be read');
  expect(String(pinFailure())).toMatch(
    /brs\.config\.yaml:7: Option `pin` refers to the file \/nonexistent\/pin, which cannot be read\.$/,
  );
});

it('says where an identity stands that cannot be one', () =>
  expect(where('      pkcs11: softhsm2\n')).rejects.toThrow(
    /brs\.config\.yaml:5: Option `identity\.pkcs11` must be an object with its options\.$/,
  ));

it('takes no profile from a variable that is empty', async () => {
  const context = { flags: { options: {}, originOf: () => '' }, env: { HOME: folder, BRS_PROFILE: '' } };
  const { options } = await readWhere({}, context as unknown as Parameters<typeof readWhere>[1]);
  expect(options).toEqual({});
});
