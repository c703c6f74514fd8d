/** What happens to a token and a login while a program runs, simulated by a module that fails on request, around SoftHSM. */
import { startLocalAws } from '@brs/testkit';
import { describeWith } from '@brs-tests/support/describe-with';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { getSigner, listKeys, listTokens, pkcs11, type Pkcs11Error, type Pkcs11Options } from '../src/index.js';
import { loadModule, type Module } from '../src/module.js';
import { numberOf } from '../src/tokens.js';
import { makeDevice, renewDevice } from './support/device.js';
import { pin, startSoftHsm } from './support/soft-hsm.js';

const hsm = await startSoftHsm('gate', 'final', 'locked', 'vague');

describeWith('a token that', hsm, async (hsm) => {
  const { faulty, setFaults } = hsm;
  const gate: Pkcs11Options = { module: faulty, token: 'gate', key: 'device', pin };
  const aws = await startLocalAws({ credentialProvider: true });
  const { host, port, ca } = aws.credentialProvider;
  const path = '/role-aliases/reader/credentials';
  const request = { host, port, ca, path, timeoutMs: 25_000, maxBodyBytes: 10_000 };
  const identity = pkcs11(gate);
  let module: Module;

  beforeAll(async () => {
    aws.credentialProvider.putRoleAlias({ roleAlias: 'reader', roleArn: 'arn:aws:iam::123456789012:role/reader' });
    await makeDevice(aws, { module: faulty, token: 'gate', pin }, 'device');
    module = await loadModule(faulty);
  });
  beforeEach(() => setFaults({}));
  afterAll(async () => {
    identity.close();
    await aws.close();
    await hsm.remove();
  });

  /** The slot of a token, as calls take it. */
  async function slotOf(label: string): Promise<Buffer> {
    const { slot } = (await listTokens({ module: faulty })).find((token) => token.label === label)!;
    return module.calls.C_GetSlotList(true).find((handle) => numberOf(handle) === slot)!;
  }
  const status = async (): Promise<number> => (await identity.request(request)).status;
  const logins = async (): Promise<number> => (await hsm.answers('C_Login')).filter((rv) => rv === '0x0').length;
  const failureOf = (call: Promise<unknown>): Promise<Pkcs11Error> =>
    call.then(
      () => expect.fail('the call succeeded'),
      (error: Pkcs11Error) => error,
    );

  it('is there is logged in to once, by this package: the CRT finds that done', async () => {
    expect(await status()).toBe(200);
    expect(await hsm.answers('C_Login')).toEqual(['0x0', '0x100']);
    expect(await logins()).toBe(1);
  });

  it('is taken out is an error that says so, and heals when it is inserted again', async () => {
    const before = await logins();
    // Its sessions end for good, and until it is back there are no new ones.
    module.calls.C_CloseAllSessions(await slotOf('gate'));
    await setFaults({ removed: 1, C_OpenSession: 0xe0, C_GetSessionInfo: 0xb3, C_SignInit: 0x32 });
    for (const call of [
      () => identity.open(),
      () => status(),
      () => getSigner(gate),
      () => listKeys({ module: faulty, token: 'gate' }),
    ]) {
      const error = await failureOf(call());
      expect(error).toMatchObject({ code: 'TOKEN_NOT_FOUND', failure: { kind: 'recoverable' } });
      expect(error.message).toContain("No token is labelled 'gate'");
    }
    await setFaults({});
    expect(await status()).toBe(200);
    expect(await logins()).toBe(before + 1);
  });

  it('is taken out during a call is an error that says what the module returned', async () => {
    const signer = await getSigner(gate);
    await setFaults({ C_SignInit: 0x32 });
    const error = await failureOf(signer.sign(Buffer.from('data')));
    expect(error).toMatchObject({ code: 'TOKEN_FAILED', rv: 'CKR_DEVICE_REMOVED', failure: { kind: 'recoverable' } });
    expect(error.hint).toContain('Insert it again');
    await setFaults({});
    expect(await signer.sign(Buffer.from('data'))).not.toHaveLength(0);
  });

  it('cannot sign during a handshake is an error that says so, and heals', async () => {
    aws.credentialProvider.endConnections();
    await setFaults({ C_SignInit: 0x30 });
    const error = await failureOf(status());
    expect(error).toMatchObject({ code: 'TOKEN_FAILED', failure: { kind: 'recoverable' } });
    expect(error.message).toContain('CKR_DEVICE_ERROR');
    await setFaults({});
    expect(await status()).toBe(200);
  });

  it.each<[string, (slot: Buffer) => void]>([
    ['loses all its sessions', (slot) => module.calls.C_CloseAllSessions(slot)],
    [
      'is logged out of',
      (slot) => {
        const session = module.calls.C_OpenSession(slot, module.ck.CKF_SERIAL_SESSION);
        module.calls.C_Logout(session);
        module.calls.C_CloseSession(session);
      },
    ],
  ])('%s, by somebody else in the process, is opened anew for the request', async (_, disturb) => {
    expect(await status()).toBe(200);
    const before = await logins();
    disturb(await slotOf('gate'));
    aws.credentialProvider.endConnections();
    expect(await status()).toBe(200);
    expect(await logins()).toBe(before + 1);
  });

  it('is logged out of and in again by somebody else makes the key of the CRT useless, and is opened anew', async () => {
    expect(await status()).toBe(200);
    const session = module.calls.C_OpenSession(await slotOf('gate'), module.ck.CKF_SERIAL_SESSION);
    module.calls.C_Logout(session);
    module.calls.C_Login(session, module.ck.CKU_USER, pin);
    module.calls.C_CloseSession(session);
    aws.credentialProvider.endConnections();
    expect(await status()).toBe(200);
  });

  it('gets another certificate is used with it after it was asked for anew', async () => {
    const before = (await identity.open()).certificate;
    const renewed = await renewDevice(aws, { module: faulty, token: 'gate', pin }, 'device');
    expect((await pkcs11(gate).open()).certificate).not.toBe(before);
    identity.close();
    expect(await status()).toBe(200);
    expect(aws.requests.at(-1)?.certificateId).toBe(renewed.certificateId);
  });

  it('says that one try is left gets no PIN that was not accepted before, unless that is asked for', async () => {
    await setFaults({ flags: 0x20000 });
    const final = { module: faulty, token: 'final', pin };
    const before = (await hsm.answers('C_Login')).length;
    const error = await failureOf(listKeys(final));
    expect(error).toMatchObject({ code: 'PIN_FINAL_TRY', failure: { kind: 'terminal' } });
    expect(error.message).toContain('one more wrong PIN locks it. The PIN was not presented.');
    expect(error.hint).toContain('useFinalTry');
    expect(await hsm.answers('C_Login')).toHaveLength(before);
    expect(await listKeys({ ...final, useFinalTry: true })).toEqual([]);
    expect((await hsm.answers('C_Login')).slice(before)).toEqual(['0x0']);
    // The token is inserted again: this PIN is known to be right.
    module.calls.C_CloseAllSessions(await slotOf('final'));
    expect(await listKeys(final)).toEqual([]);
  });

  it('is locked gets no PIN', async () => {
    await setFaults({ flags: 0x40000 });
    const before = (await hsm.answers('C_Login')).length;
    const error = await failureOf(listKeys({ module: faulty, token: 'locked', pin }));
    expect(error).toMatchObject({ code: 'PIN_LOCKED', hint: expect.stringContaining('security officer') });
    expect(await hsm.answers('C_Login')).toHaveLength(before);
  });

  it('turns out to be locked gets the PIN once', async () => {
    const before = (await hsm.answers('C_Login')).length;
    await setFaults({ C_Login: 0xa4 });
    for (let i = 0; i < 3; i += 1) {
      const error = await failureOf(listKeys({ module: faulty, token: 'locked', pin }));
      expect(error).toMatchObject({ code: 'PIN_LOCKED', rv: 'CKR_PIN_LOCKED' });
    }
    expect((await hsm.answers('C_Login')).slice(before)).toEqual(['0xa4']);
  });

  it('fails to log in without a word about the PIN is asked again', async () => {
    await setFaults({ C_Login: 0x5 });
    const vague = { module: faulty, token: 'vague', pin };
    for (let i = 0; i < 2; i += 1) {
      expect(await failureOf(listKeys(vague))).toMatchObject({ code: 'TOKEN_FAILED', rv: 'CKR_GENERAL_ERROR' });
    }
    await setFaults({});
    expect(await listKeys(vague)).toEqual([]);
  });

  it('is in a module that somebody finalised is opened anew', async () => {
    expect(await hsm.answers('C_Initialize')).toEqual(['0x0']);
    expect(await hsm.answers('C_Finalize')).toEqual([]);
    identity.close();
    module.calls.C_Finalize();
    expect((await identity.open()).keyLabel).toBe('device');
    expect(await hsm.answers('C_Initialize')).toEqual(['0x0', '0x0']);
  });
});
