/** `brs hsm`, with SoftHSM: from an empty token to a device that has credentials, and what is said on the way. */
import { execFile } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describeWith } from '@brs-tests/support/describe-with';
import { openssl } from '@brs-tests/support/openssl';
import { pin, type SoftHsm, startSoftHsm } from '@brs-tests/support/soft-hsm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { brs, type Ended, runBrs } from './support/brs.js';
import { type DeviceHome, startDevice } from './support/device.js';
import { type Spy, spyOn } from './support/spy.js';
import { startServe } from './support/serve.js';
import { onTerminal } from './support/terminal.js';

const hsm = process.platform === 'linux' ? await startSoftHsm('gateway', 'other') : undefined;
const spy = hsm && (await spyOn(hsm));
const wrong = '0000000001';

describeWith('brs hsm', hsm && spy ? { hsm, spy } : undefined, ({ hsm, spy }: { hsm: SoftHsm; spy: Spy }) => {
  let device: DeviceHome;
  let env: NodeJS.ProcessEnv;
  let where: string[];
  const run = (...args: string[]): Promise<Ended> => runBrs(args, { env, cwd: device.home });
  /** What a command says on standard error, with what it ends with. */
  const told = async (...args: string[]) => {
    const { code, stderr, stdout } = await run(...args);
    expect(stdout).toBe('');
    return { code, stderr };
  };
  const sign = (request: string) => device.aws.credentialProvider.signCertificate(request, { thingName: 'gateway-7' });
  const profileWith = (identity: unknown) =>
    device.write(
      'brs.config.json',
      JSON.stringify({
        profiles: { gateway: { method: 'iot-x509', region: 'us-east-1', ...device.provider, identity } },
      }),
    );

  beforeAll(async () => {
    device = await startDevice();
    env = { ...device.env, ...spy.env };
    await device.write('pin', `${pin}\n`);
    await device.write('wrong-pin', wrong);
    where = ['--module', 'softhsm2', '--token', 'gateway', '--pin.fromFile', join(device.home, 'pin')];
  });
  afterAll(async () => {
    await device.aws.close();
    await hsm[Symbol.asyncDispose]();
  });

  it('goes from nothing to credentials, with what one profile says', async () => {
    await profileWith({ pkcs11: { module: 'softhsm2', token: 'gateway', key: 'device', pin: { fromFile: 'pin' } } });
    const made = await run('hsm', 'new-key', '--profile', 'gateway');
    expect(made).toMatchObject({ code: 0, stderr: '' });
    expect(made.stdout).toMatch(
      /^label device\nid    [\da-f]{16}\ntype  ec-p256\nuri   pkcs11:token=gateway;object=device;type=private\?module-name=softhsm2\n$/,
    );

    const requested = await run('hsm', 'request', '--profile', 'gateway', '--subject', 'CN=gateway-7');
    expect(requested).toMatchObject({ code: 0, stderr: '' });
    await device.write('gateway-7.pem', (await sign(requested.stdout)).certificate);
    expect(await run('hsm', 'import', 'gateway-7.pem', '--profile', 'gateway')).toEqual({
      code: 0,
      stdout: '',
      stderr: '',
    });

    expect(await run('whoami', '--profile', 'gateway')).toMatchObject({
      code: 0,
      stderr: '',
      stdout: expect.stringContaining(':assumed-role/device/'),
    });
    const script =
      'fetch(process.env.AWS_CONTAINER_CREDENTIALS_FULL_URI, { headers: { authorization: process.env.AWS_CONTAINER_AUTHORIZATION_TOKEN } }).then((a) => a.json()).then((set) => console.log(set.AccessKeyId))';
    expect(await run('exec', '--profile', 'gateway', '--', process.execPath, '--eval', script)).toMatchObject({
      code: 0,
      stderr: '',
      stdout: expect.stringMatching(/^ASIA\w+\n$/),
    });
  });

  it('lists what is there, and the URI of a key, which is an identity', async () => {
    const modules = await run('hsm', 'list', '--json');
    expect((JSON.parse(modules.stdout) as { modules: object[] }).modules).toContainEqual(
      expect.objectContaining({ name: 'softhsm2' }),
    );
    const publicly = await run('hsm', 'list', '--module', 'softhsm2');
    expect(publicly.stdout).toMatch(
      /^slot \d+: token 'gateway', serial \w+, SoftHSM v2\n  key 'device': EC P-256, id \w+, public\n/m,
    );
    expect(publicly.stdout).toContain("token 'other'");
    expect(publicly.stderr).toContain('Private keys are shown after a login');

    const { stdout, stderr } = await run('hsm', 'list', ...where, '--json');
    const [slot, ...others] = (
      JSON.parse(stdout) as {
        slots: { token: object; keys: { kind: string; uri: string }[]; certificates: object[] }[];
      }
    ).slots;
    expect({ stderr, others }).toEqual({ stderr: '', others: [] });
    expect(slot).toMatchObject({ token: { label: 'gateway', pinTries: 'ok' }, certificates: [{ label: 'device' }] });
    const { uri } = slot!.keys.find(({ kind }) => kind === 'private')!;
    expect(uri).toBe(
      `pkcs11:token=gateway;object=device;type=private?module-name=softhsm2&pin-source=file:${device.home}/pin`,
    );
    const { endpoint, port, roleAlias, ca } = device.provider;
    const options = [
      '--method',
      'iot-x509',
      '--endpoint',
      endpoint,
      '--port',
      String(port),
      '--ca',
      ca,
      '--role-alias',
      roleAlias,
    ];
    expect(await run('whoami', ...options, '--region', 'us-east-1', '--identity', uri)).toMatchObject({
      code: 0,
      stderr: '',
    });
    expect((await run('hsm', 'list', '--uri', uri)).stdout).toContain('private and public\n');
  });

  it('asks for the PIN on the terminal, once, and does not show it', async () => {
    const command = [
      process.execPath,
      brs,
      'hsm',
      'new-key',
      '--module',
      'softhsm2',
      '--token',
      'other',
      '--key',
      'typed',
      '--type',
      'rsa-2048',
    ];
    const terminal = onTerminal(command, env, device.home);
    await terminal.until("PIN of the token 'other'");
    terminal.type(`${pin}\r`);
    expect(await terminal.ended).toBe(0);
    expect(terminal.shown()).toContain('object=typed');
    expect(terminal.shown()).not.toContain(pin);
    expect(terminal.shown().match(/PIN of the token/g)!.length).toBeLessThan(4); // The prompt is drawn anew as one types.
  });

  it('makes requests that others accept, and takes certificates by standard input', async () => {
    const { stdout } = await run(
      'hsm',
      'new-key',
      ...where,
      '--key',
      'second',
      '--key.id',
      '10',
      '--type',
      'rsa-2048',
      '--json',
    );
    expect(JSON.parse(stdout)).toMatchObject({
      label: 'second',
      id: '10',
      publicKey: expect.stringContaining('BEGIN PUBLIC KEY'),
    });
    expect(
      await run(
        'hsm',
        'request',
        ...where,
        '--key.id',
        '10',
        '--subject',
        'CN=second,O=Example',
        '--out',
        'second.csr',
      ),
    ).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(await openssl('req', '-in', join(device.home, 'second.csr'), '-noout', '-verify', '-subject')).toContain(
      'CN = second',
    );
    const { certificate } = await sign(await readFile(join(device.home, 'second.csr'), 'utf8'));
    await device.write('second.pem', certificate);
    await promisify(execFile)(
      'sh',
      ['-c', '"$0" "$@" <second.pem', process.execPath, brs, 'hsm', 'import', '-', ...where, '--key', 'second'],
      { env, cwd: device.home },
    );
    const { slots } = JSON.parse((await run('hsm', 'list', ...where, '--json')).stdout) as {
      slots: { certificates: { pem: string }[] }[];
    };
    expect(slots[0]!.certificates.map(({ pem }) => pem)).toContain(new X509Certificate(certificate).toString());
  });

  it('presents a wrong PIN once, and says what the token says of it', async () => {
    const spied = ['--module', spy.module, '--token', 'other'];
    const refusals = async (): Promise<number> =>
      (await spy.returned('C_Login')).filter((rv) => rv !== 'CKR_OK').length;
    const said = "The token 'other' refused the PIN. It counts wrong PINs, and says that few tries are left.";

    const before = await refusals();
    expect(await told('hsm', 'list', ...spied, '--pin.fromFile', 'wrong-pin')).toEqual({
      code: 3,
      stderr: `brs: ${said} This PIN is not presented again by this process. Give the right PIN. Each command with a wrong one uses a try up.\n`,
    });
    expect(await refusals()).toBe(before + 1);

    await profileWith({
      pkcs11: { module: spy.module, token: 'other', key: 'typed', pin: { fromFile: 'wrong-pin' } },
    });
    for (const [index, [code, ...args]] of (
      [
        [3, 'whoami'],
        [125, 'exec'],
        [3, 'credential-process', '--config', 'brs.config.json'],
      ] as const
    ).entries()) {
      const more = code === 125 ? ['--', 'echo', 'ran'] : [];
      expect(await told(...args, '--profile', 'gateway', ...more)).toEqual({
        code,
        stderr: expect.stringContaining(said),
      });
      expect(await refusals()).toBe(before + 2 + index);
    }
  });

  it('is not asked again by brs serve, however often its consumers ask', async () => {
    const refusals = async (): Promise<number> =>
      (await spy.returned('C_Login')).filter((rv) => rv !== 'CKR_OK').length;
    await profileWith({
      pkcs11: { module: spy.module, token: 'other', key: 'typed', pin: { fromFile: 'wrong-pin' } },
    });
    const before = await refusals();
    const serving = await startServe(['gateway'], env, { cwd: device.home });
    const { url, token } = await serving.of();
    for (let asked = 0; asked < 5; asked++) {
      expect((await fetch(url, { headers: { authorization: token } })).status).toBe(503);
    }
    expect(await serving.stop()).toBe(0);
    expect(await refusals()).toBe(before + 1);
    expect(serving.told()).toContain("The token 'other' refused the PIN.");
  });

  it('says what is wrong, in one line', async () => {
    await device.write('brs.config.json', JSON.stringify({ profiles: { plain: { method: 'iot-x509' } } }));
    const place = where.join(' ');
    const cases: [args: string, code: number, message: string][] = [
      [
        'request --subject CN=x',
        2,
        'Option `module` is required, unless `uri` has a `module-path` or a `module-name`.',
      ],
      [`new-key ${place} --token gate --key x`, 5, "'gateway' (serial "],
      ['list --module softhsm2 --pin.fromFile pin', 2, 'Choose one by --token, --token.serial or --token.slot.'],
      [`request ${place} --key nope --subject CN=x`, 5, 'Correct --key, or make the key with `brs hsm new-key`.'],
      [`new-key ${place}`, 2, 'The new key needs a label. Give --key'],
      [`new-key ${place} --key device`, 2, "has a private key of this label or id already: 'device'"],
      [`request ${place}`, 2, 'Give --subject CN=gateway-7.'],
      [`import cert.pem ${place} --key device`, 2, 'was not issued for the private key'],
      ['list --module softhsm2 --token gateway --pin.fromEnv NONE', 2, 'variable NONE, which is not set'],
      ['list --module softhsm2 --tokn x', 2, 'brs: --tokn: Option `tokn` is unknown'],
      ['list --profile plain', 2, "The profile 'plain' has no identity in a token."],
    ];
    const got = await Promise.all(cases.map(([args]) => told('hsm', ...args.split(' '))));
    for (const [index, [, code, message]] of cases.entries()) {
      expect(got[index]).toEqual({ code, stderr: expect.stringContaining(message) });
      expect(got[index]!.stderr.trim()).not.toContain('\n');
    }
  });
});
