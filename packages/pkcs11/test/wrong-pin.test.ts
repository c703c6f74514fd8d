/** A wrong PIN is presented once, whoever has it, counted by opensc's spy between this package and SoftHSM. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { RefreshableSession } from '@brs/core';
import { startLocalAws } from '@brs/testkit';
import { describeWith } from '@brs-tests/support/describe-with';
import { afterAll, expect, it, vi } from 'vitest';
import { getSigner, listKeys, listTokens, pkcs11, Pkcs11Error } from '../src/index.js';
import { pin, startSoftHsm } from './support/soft-hsm.js';

const hsm = await startSoftHsm('gate', 'other');
const wrong = '0000000001';

describeWith('a wrong PIN', hsm, async (hsm) => {
  const module = hsm.spy;
  const gate = { module, token: 'gate', key: 'device' };
  const aws = await startLocalAws({ credentialProvider: true });
  const { host, port, ca } = aws.credentialProvider;
  const request = { host, port, ca, path: '/', timeoutMs: 20_000, maxBodyBytes: 1000 };
  afterAll(async () => {
    await aws.close();
    await hsm.remove();
  });

  const logins = () => hsm.spied('C_Login');
  const codeOf = (call: Promise<unknown>): Promise<unknown> =>
    call.then(
      () => 'none',
      (error: unknown) => {
        expect(inspect(error, { showHidden: true, depth: Infinity })).not.toContain(wrong);
        return error instanceof Pkcs11Error ? error.code : error;
      },
    );

  it('is presented once by all identities, refreshes and functions together', async () => {
    const ask = vi.fn(async () => wrong);
    const identities = Array.from({ length: 10 }, () => pkcs11({ ...gate, pin: wrong }));
    identities.push(pkcs11({ ...gate, pin: ask }), pkcs11({ ...gate, pin: { env: 'BRS_TEST_PIN' } }));
    vi.stubEnv('BRS_TEST_PIN', wrong);
    const calls = identities.flatMap((identity) => [identity.open(), identity.open(), identity.request(request)]);
    const functions = [listKeys({ module, token: 'gate', pin: wrong }), getSigner({ ...gate, pin: wrong })];
    const codes = new Set(await Promise.all([...calls, ...functions].map(codeOf)));
    expect([...codes]).toEqual(['PIN_INCORRECT']);
    expect(await logins()).toEqual(['CKR_PIN_INCORRECT']);
    for (let i = 0; i < 20; i += 1) expect(await codeOf(identities[i % 3]!.request(request))).toBe('PIN_INCORRECT');
    expect(await logins()).toEqual(['CKR_PIN_INCORRECT']);
    expect(ask).toHaveBeenCalledTimes(1);
  });

  it('is terminal, says what the token says, and that it is not presented again', async () => {
    const identity = pkcs11({ ...gate, pin: wrong });
    const error = (await identity.open().catch((thrown: unknown) => thrown)) as Pkcs11Error;
    expect(error).toMatchObject({ code: 'PIN_INCORRECT', rv: 'CKR_PIN_INCORRECT' });
    expect(error.message).toBe(
      "The token 'gate' refused the PIN. It counts wrong PINs, and says that few tries are left. This PIN is not presented again by this process.",
    );
    expect(identity.classify(error)).toEqual({ kind: 'terminal', hint: error.hint });
    expect(identity.classify(new Error('of somebody else'))).toBeUndefined();
    expect((await listTokens({ module })).find(({ label }) => label === 'gate')?.pinTries).toBe('low');
    expect(await identity.token()).toMatchObject({ label: 'gate', pinTries: 'low' });
    expect(await logins()).toHaveLength(1);
  });

  it('is not presented by sessions that refresh with it', async () => {
    const identity = pkcs11({ ...gate, pin: wrong });
    const strategy = {
      contractVersion: 1,
      name: 'probe',
      acquire: async () => {
        await identity.open();
        throw new Error('the PIN was accepted');
      },
      identity: async () => ({ method: 'probe' }),
      classify: (error: unknown) => identity.classify(error) ?? { kind: 'recoverable' as const },
    } as const;
    for (let i = 0; i < 3; i += 1) {
      await using session = new RefreshableSession({ strategy });
      await expect(session.getCredentials()).rejects.toMatchObject({ code: 'CREDENTIALS_DENIED' });
    }
    expect(await logins()).toEqual(['CKR_PIN_INCORRECT']);
  });

  it('is of one token: another one gets its own', async () => {
    expect(await codeOf(listKeys({ module, token: 'other', pin: wrong }))).toBe('PIN_INCORRECT');
    expect(await logins()).toHaveLength(2);
  });

  it('gives way to another one, when an operator mends the file', async () => {
    const file = join(hsm.directory, 'pin');
    await writeFile(file, `${wrong}\n`);
    const identity = pkcs11({ ...gate, pin: { file } });
    expect(await codeOf(identity.open())).toBe('PIN_INCORRECT');
    expect(await logins()).toHaveLength(2);
    await writeFile(file, `${pin}\n`);
    expect(await codeOf(identity.open())).toBe('KEY_NOT_FOUND');
    expect(await logins()).toEqual(['CKR_PIN_INCORRECT', 'CKR_PIN_INCORRECT', 'CKR_OK']);
    expect((await listTokens({ module })).find(({ label }) => label === 'gate')?.pinTries).toBe('ok');
  });

  it('stays wrong for its identity where somebody else has logged in', async () => {
    const refused = pkcs11({ ...gate, token: 'other', pin: wrong });
    expect(await codeOf(refused.open())).toBe('PIN_INCORRECT');
    expect(await codeOf(listKeys({ module, token: 'other', pin }))).toBe('none');
    expect(await codeOf(refused.open())).toBe('PIN_INCORRECT');
    expect((await logins()).filter((rv) => rv === 'CKR_PIN_INCORRECT')).toHaveLength(2);
  });

  it('is no question where the process has logged in already', async () => {
    const ask = vi.fn(() => pin);
    expect(await codeOf(listKeys({ module, token: 'gate', pin: ask }))).toBe('none');
    expect(ask).not.toHaveBeenCalled();
  });
});
