/** Discovery over SoftHSM: what is there, and errors that say so. */
import { join } from 'node:path';
import { realpath, writeFile } from 'node:fs/promises';
import { inspect } from 'node:util';
import { describeWith } from '@brs-tests/support/describe-with';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  generateKeyPair,
  getSigner,
  listCertificates,
  listKeys,
  listModules,
  listSlots,
  listTokens,
  pkcs11,
  Pkcs11Error,
} from '../src/index.js';
import { loadModule } from '../src/module.js';
import { toAttributes } from '../src/objects.js';
import { numberOf } from '../src/tokens.js';
import { debianLibraries, pin, startSoftHsm } from './support/soft-hsm.js';

const hsm = await startSoftHsm('gate', 'twin', 'twin');

/** The error of a call; fails when there is none. */
async function failureOf(call: Promise<unknown>): Promise<Pkcs11Error> {
  const error = await call.then(
    () => expect.fail('the call succeeded'),
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(Pkcs11Error);
  expect(inspect(error, { showHidden: true, depth: Infinity })).not.toContain(pin);
  return error as Pkcs11Error;
}

/** SoftHSM gives every key that pkcs11-tool makes the right to sign. */
async function makeKeyThatCannotSign(module: string, label: string): Promise<void> {
  const { calls, ck } = await loadModule(module);
  const [slot] = (await listTokens({ module })).filter((token) => token.label === 'gate');
  const handle = calls.C_GetSlotList(true).find((bytes) => numberOf(bytes) === slot!.slot)!;
  const session = calls.C_OpenSession(handle, ck.CKF_SERIAL_SESSION | ck.CKF_RW_SESSION);
  calls.C_GenerateKeyPair(
    session,
    { mechanism: ck.CKM_RSA_PKCS_KEY_PAIR_GEN },
    toAttributes(ck, { TOKEN: true, MODULUS_BITS: 2048, PUBLIC_EXPONENT: Buffer.from([1, 0, 1]) }),
    toAttributes(ck, { TOKEN: true, PRIVATE: true, LABEL: label, SIGN: false, DECRYPT: true }),
  );
  calls.C_CloseSession(session);
}

describeWith('discovery', hsm, (hsm) => {
  const { module, tool } = hsm;
  const gate = { module, token: 'gate', pin };

  beforeAll(async () => {
    await generateKeyPair({ ...gate, type: 'rsa-2048', label: 'rsa', id: '01' });
    await generateKeyPair({ ...gate, type: 'ec-p256', label: 'ec', id: '02' });
  });
  afterAll(() => hsm.remove());

  it('finds the modules of the machine, by the names that `module` takes', async () => {
    const found = await listModules();
    expect(found).toContainEqual({ name: 'softhsm2', path: await realpath(module) });
    expect(found.map(({ name }) => name)).not.toContain('pkcs11-spy');
    expect(await listTokens({ module: 'softhsm2' })).toEqual(await listTokens({ module }));
  });

  it('lists slots and tokens', async () => {
    const slots = await listSlots({ module });
    expect(slots.map(({ token }) => token?.label)).toEqual(expect.arrayContaining(['gate', 'twin', '']));
    const [token] = (await listTokens({ module })).filter(({ label }) => label === 'gate');
    expect(token).toEqual({
      label: 'gate',
      serial: expect.stringMatching(/^[\da-f]{16}$/),
      manufacturer: 'SoftHSM project',
      model: 'SoftHSM v2',
      slot: expect.any(Number),
      initialized: true,
      loginRequired: true,
      userPinInitialized: true,
      pinPad: false,
      pinTries: 'ok',
      pinToBeChanged: false,
      writeProtected: false,
    });
  });

  it('lists keys and certificates', async () => {
    expect(await listKeys(gate)).toEqual(
      expect.arrayContaining([
        {
          kind: 'private',
          type: 'RSA',
          size: 2048,
          label: 'rsa',
          id: '01',
          sign: true,
          sensitive: true,
          extractable: false,
          local: true,
          alwaysAuthenticate: false,
        },
        expect.objectContaining({ kind: 'private', type: 'EC', size: 'P-256', label: 'ec', id: '02' }),
        expect.objectContaining({ kind: 'public', type: 'EC', size: 'P-256', label: 'ec', sign: false }),
      ]),
    );
    expect(await listCertificates(gate)).toEqual([]);
  });

  it('finds a token by its serial, its slot or a URI', async () => {
    const [{ serial, slot }] = (await listTokens({ module })).filter(({ label }) => label === 'gate') as any;
    for (const token of [{ serial }, { slot }, { label: 'gate', serial, slot }]) {
      expect(await listKeys({ module, token, pin })).not.toEqual([]);
    }
    const uri = `pkcs11:token=gate;serial=${serial};model=SoftHSM%20v2;library-manufacturer=SoftHSM?module-name=softhsm2`;
    expect(await listKeys({ uri, pin })).not.toEqual([]);
    const other = await failureOf(listKeys({ uri: uri.replace('=SoftHSM?', '=Acme?'), pin }));
    expect(other).toMatchObject({
      code: 'MODULE_NOT_LOADED',
      message: expect.stringContaining("'SoftHSM', and not 'Acme'"),
    });
  });

  it('says which tokens there are when one is not found', async () => {
    const error = await failureOf(listKeys({ module, token: 'gatt' }));
    expect(error).toMatchObject({ code: 'TOKEN_NOT_FOUND', failure: { kind: 'recoverable' } });
    expect(error.message).toMatch(/No token is labelled 'gatt'\. Tokens of .*: .*'gate' \(serial \w+, slot \d+\)/);
    expect(error.message).toContain('one not initialised');
  });

  it('says how to choose among tokens of one label', async () => {
    const error = await failureOf(listKeys({ module, token: 'twin' }));
    expect(error.code).toBe('TOKEN_AMBIGUOUS');
    expect(error.message).toMatch(/2 tokens are labelled 'twin'.*'twin' \(serial .*'twin' \(serial /);
    expect(error.hint).toContain('`token: { serial }`');
    expect((await failureOf(listKeys({ module }))).code).toBe('TOKEN_AMBIGUOUS');
    const [twin] = (await listTokens({ module })).filter(({ label }) => label === 'twin');
    expect(await listKeys({ module, token: { serial: twin!.serial }, pin })).toEqual([]);
  });

  it('says of a token that was not set up that it was not', async () => {
    const [blank] = (await listTokens({ module })).filter(({ initialized }) => !initialized);
    const error = await failureOf(listKeys({ module, token: { slot: blank!.slot } }));
    expect(error).toMatchObject({ code: 'TOKEN_NOT_INITIALIZED', hint: expect.stringContaining('--init-token') });
  });

  it('says which keys there are when one is not found', async () => {
    const error = await failureOf(getSigner({ ...gate, key: { label: 'ec', id: '01' } }));
    expect(error.code).toBe('KEY_NOT_FOUND');
    expect(error.message).toContain("No private key is labelled 'ec' and of id 01.");
    expect(error.message).toContain("'rsa' (RSA, id 01)");
    expect((await failureOf(getSigner({ ...gate }))).code).toBe('KEY_AMBIGUOUS');
  });

  it('says of a key without the right to sign that it has none', async () => {
    await makeKeyThatCannotSign(module, 'decrypt');
    const error = await failureOf(getSigner({ ...gate, key: 'decrypt' }));
    expect(error).toMatchObject({ code: 'KEY_CANNOT_SIGN', message: expect.stringContaining('CKA_SIGN is false') });
  });

  it('refuses keys that TLS would not find by their label alone', async () => {
    const keygen = ['--keypairgen', '--key-type', 'EC:prime256v1', '--usage-sign'];
    await tool('gate', ...keygen, '--id', 'aa');
    await tool('gate', ...keygen, '--label', 'double', '--id', 'ab');
    await tool('gate', ...keygen, '--label', 'double', '--id', 'ac');
    const unlabelled = await failureOf(pkcs11({ ...gate, key: { id: 'aa' } }).open());
    expect(unlabelled).toMatchObject({ code: 'KEY_LABEL_UNUSABLE', message: 'The private key of id aa has no label.' });
    const doubled = await failureOf(pkcs11({ ...gate, key: { id: 'ab' } }).open());
    expect(doubled.message).toContain("2 private keys have the label 'double' (ids ");
    expect((await failureOf(pkcs11({ ...gate, key: 'double' }).open())).code).toBe('KEY_AMBIGUOUS');
    expect((await getSigner({ ...gate, key: { id: 'ab' } })).algorithm).toBe('EC');
  });

  it('says which certificates there are when a key has none', async () => {
    const error = await failureOf(pkcs11({ ...gate, key: 'ec' }).open());
    expect(error).toMatchObject({
      code: 'CERTIFICATE_NOT_FOUND',
      message: "The token 'gate' has no certificate of id 02. Its certificates: none.",
    });
  });

  it('says why a module cannot be loaded, in the words of the dynamic linker', async () => {
    const text = join(hsm.directory, 'text.so');
    await writeFile(text, 'no library');
    const broken = await failureOf(listSlots({ module: text }));
    expect(broken).toMatchObject({ code: 'MODULE_NOT_LOADED', hint: expect.stringContaining(process.arch) });
    const missing = await failureOf(listSlots({ module: '/nonexistent/hsm.so' }));
    expect(missing).toMatchObject({ code: 'MODULE_NOT_LOADED', message: expect.stringContaining('softhsm2 (') });
    const other = await failureOf(listSlots({ module: join(debianLibraries, 'libm.so.6') }));
    expect(other.message).toMatch(/is a shared library, but no PKCS#11 module\.$/);
    expect((await failureOf(listSlots({ module: 'no-such-hsm' }))).message).toContain(
      'There is no PKCS#11 module `no-such-hsm`',
    );
  });
});
