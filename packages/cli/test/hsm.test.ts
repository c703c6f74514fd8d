/**
 * Keys in a token by the command line, with SoftHSM: the pages that speak of them as they stand there, from an empty token to
 * credentials, and what is said and counted on the way.
 */
import { copyFile, mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { debianProgram } from '@brs-tests/support/debian';
import { describeWith } from '@brs-tests/support/describe-with';
import { openssl } from '@brs-tests/support/openssl';
import { pin, type SoftHsm, startSoftHsm } from '@brs-tests/support/soft-hsm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parse } from 'yaml';
import { brs, type Ended, runBrs } from './support/brs.js';
import { curl, execStartOf, Machine, works } from './support/machine.js';
import { commandsOf, readPage } from './support/pages.js';
import { type Spy, spyOn } from './support/spy.js';
import { startServe } from './support/serve.js';
import { onTerminal } from './support/terminal.js';

const hsm = process.platform === 'linux' ? await startSoftHsm('gateway', 'other') : undefined;
const spy = hsm && (await spyOn(hsm));
const util = hsm && (await debianProgram('softhsm2-util', 'softhsm2'));
const wrong = '0000000001';
const isDevice = { ...works, stdout: expect.stringContaining(':assumed-role/device/') as string };

interface Parts {
  readonly hsm: SoftHsm;
  readonly spy: Spy;
  readonly util: string;
}

describeWith(
  'keys in a token',
  hsm && spy && util && curl ? { hsm, spy, util } : undefined,
  ({ hsm, spy, util }: Parts) => {
    let machine: Machine;
    let where: string[];
    const run = (...args: string[]): Promise<Ended> =>
      runBrs(args, { env: { ...machine.env, ...spy.env }, cwd: machine.home });
    /** How often a PIN was refused, by the token that the spy looks at. */
    const refusals = async (): Promise<number> =>
      (await spy.returned('C_Login')).filter((returned) => returned !== 'CKR_OK').length;
    /** A token that was never logged in to with the right PIN since it counts. */
    const spied = { module: spy.module, token: 'other', key: 'typed', pin: { fromFile: 'wrong-pin' } };
    const said = "The token 'other' refused the PIN. It counts wrong PINs, and says that few tries are left.";
    const kept = { module: 'softhsm2', token: 'gateway', key: 'device', pin: { fromFile: 'etc/gateway/pin' } };

    beforeAll(async () => {
      machine = await Machine.start();
      await machine.device.write('etc/gateway/pin', `${pin}\n`);
      await machine.device.write('wrong-pin', wrong);
      const profile = (pkcs11: object) => ({ method: 'iot-x509', ...machine.device.provider, identity: { pkcs11 } });
      await machine.device.write(
        'profiles.json',
        JSON.stringify({ profiles: { spied: profile(spied), kept: profile(kept) } }),
      );
      where = ['--module', 'softhsm2', '--token', 'gateway', '--pin.fromFile', join(machine.home, 'etc/gateway/pin')];
    });
    afterAll(async () => {
      await machine.stop();
      await hsm[Symbol.asyncDispose]();
    });

    it('go from nothing to credentials, as the page of brs hsm has it', async () => {
      const page = await readPage('cli/hsm.md');
      await machine.install(page);
      const [story = ''] = commandsOf(page);
      const told = await machine.run(story);
      expect(told).toMatchObject(works);
      const uri = `pkcs11:token=gateway;object=device;type=private?module-name=softhsm2&pin-source=file:${machine.home}/etc/gateway/pin`;
      expect(told.stdout).toMatch(/^label device\nid    [\da-f]{16}\ntype  ec-p256\nuri   pkcs11:/);
      expect(told.stdout).toContain(`\nuri   ${uri}\n`);
      expect(told.stdout).toContain(':assumed-role/device/');
    });

    it('are an identity in a configuration and in a section, as the page of devices has it', async () => {
      const page = await readPage('cli/devices.md');
      await copyFile(join(machine.home, 'gateway-7.pem'), join(machine.home, 'etc/gateway/gateway-7.pem'));
      await machine.install(page, 2);
      const yaml = await machine.run('brs whoami --profile gateway');
      const section = await machine.run('rm brs.config.yaml; brs whoami --profile gateway; rm .aws/config');
      expect([yaml, section]).toEqual([isDevice, isDevice]);
    });

    it('are listed, with the URI of each, and private ones after a login', async () => {
      const modules = await run('hsm', 'list', '--json');
      expect(JSON.parse(modules.stdout)).toEqual({
        modules: expect.arrayContaining([expect.objectContaining({ name: 'softhsm2' })]) as object[],
      });
      const open = await run('hsm', 'list', '--module', 'softhsm2');
      expect(open).toMatchObject({ code: 0, stderr: expect.stringContaining('Private keys are shown after a login') });
      expect(open.stdout).toMatch(
        /^slot \d+: token 'gateway', serial \w+, SoftHSM v2\n  key 'device': EC P-256, id \w+, public\n/m,
      );
      expect(open.stdout).toMatch(/^  certificate 'device': id \w+, CN=gateway-7, until \d{4}-\d\d-\d\d$/m);
      expect(open.stdout).toContain("token 'other'");

      const { stdout, stderr } = await run('hsm', 'list', ...where, '--json');
      expect(stderr).toBe('');
      expect(JSON.parse(stdout)).toMatchObject({
        slots: [
          {
            token: { label: 'gateway', pinTries: 'ok' },
            keys: [
              { kind: 'private', uri: expect.stringMatching(/^pkcs11:token=gateway;object=device;/) as string },
              {},
            ],
            certificates: [{ label: 'device', pem: expect.stringContaining('BEGIN CERTIFICATE') as string }],
          },
        ],
      });
    });

    it('keep what brs exec runs in credentials over an expiry', async () => {
      machine.device.aws.credentialLifetimeMs = 6000;
      const script = `
      const { AWS_CONTAINER_CREDENTIALS_FULL_URI: url, AWS_CONTAINER_AUTHORIZATION_TOKEN: authorization } = process.env;
      const ask = async () => {
        const answer = await fetch(url, { headers: { authorization } });
        if (answer.status !== 200) throw new Error('The endpoint answered ' + answer.status);
        return answer.json();
      };
      const first = await ask();
      let last = first;
      while (Date.now() < Date.parse(first.Expiration) + 100) {
        last = await ask();
        if (Date.parse(last.Expiration) <= Date.now()) throw new Error('An expired set was served.');
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      console.log(first.AccessKeyId !== last.AccessKeyId);`;
      const args = [
        'exec',
        '--profile',
        'kept',
        '--config',
        'profiles.json',
        '--',
        process.execPath,
        '--input-type=module',
        '--eval',
      ];
      expect(await run(...args, script)).toEqual({ ...works, stdout: 'true\n' });
      machine.device.aws.credentialLifetimeMs = 3_600_000;
    });

    it('are refused in one line that says what is wrong', async () => {
      await machine.device.write('plain.json', JSON.stringify({ profiles: { plain: { method: 'iot-x509' } } }));
      const place = where.join(' ');
      const cases: [args: string, code: number, message: string][] = [
        [
          'request --subject CN=x',
          2,
          'Option `module` is required, unless `uri` has a `module-path` or a `module-name`.',
        ],
        ['list --module softhsm2 --pin.fromFile pin', 2, 'Choose one by its label (--token), its serial'],
        [`request ${place} --key nope --subject CN=x`, 5, 'Correct its name, or make it with `brs hsm new-key`.'],
        [`new-key ${place} --key device`, 2, "has a private key of this label or id already: 'device'"],
        ['list --module softhsm2 --tokn x', 2, 'brs: --tokn: Option `tokn` is unknown'],
        ['list --profile plain --config plain.json', 2, "The profile 'plain' has no identity in a token."],
      ];
      // One after the other: SoftHSM writes a token's file at each login, and fails the process that reads it just then.
      for (const [args, code, message] of cases) {
        const got = await run('hsm', ...args.split(' '));
        expect(got).toEqual({ code, stdout: '', stderr: expect.stringContaining(message) as string });
        expect(got.stderr.trim()).not.toContain('\n');
      }
    });

    it('sign requests that others accept, and take certificates by standard input', async () => {
      const request = await run(
        'hsm',
        'request',
        ...where,
        '--key',
        'device',
        '--subject',
        'CN=gateway-8,O=Example',
        '--out',
        'next.csr',
      );
      expect(request).toEqual({ ...works, stdout: '' });
      const csr = join(machine.home, 'next.csr');
      expect(await openssl('req', '-in', csr, '-noout', '-verify', '-subject')).toContain('CN = gateway-8');
      const { certificate } = await machine.device.aws.credentialProvider.signCertificate(await readFile(csr, 'utf8'));
      await machine.device.write('next.pem', certificate);
      const imported = await machine.run(
        `brs hsm import - ${where.join(' ')} <next.pem; brs hsm list ${where.join(' ')}`,
      );
      expect(imported).toMatchObject({ ...works, stdout: expect.stringContaining('CN=gateway-8') as string });
    });

    it('are made with a PIN that is typed, once, and not shown', async () => {
      const args = [
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
      const terminal = onTerminal([process.execPath, brs, ...args], machine.env, machine.home);
      await terminal.until("PIN of the token 'other'");
      terminal.type(`${pin}\r`);
      expect(await terminal.ended).toBe(0);
      expect(terminal.shown()).toContain('object=typed');
      expect(terminal.shown()).not.toContain(pin);
    });

    it('are not had with a wrong PIN, which is presented once', async () => {
      const before = await refusals();
      expect(
        await run('hsm', 'list', '--module', spy.module, '--token', 'other', '--pin.fromFile', 'wrong-pin'),
      ).toEqual({
        code: 3,
        stdout: '',
        stderr: `brs: ${said} This PIN is not presented again by this process. Give the right PIN. Each command with a wrong one uses a try up.\n`,
      });
      expect(await refusals()).toBe(before + 1);
      const args = ['exec', '--profile', 'spied', '--config', 'profiles.json', '--', 'echo', 'ran'];
      expect(await run(...args)).toEqual({ code: 125, stdout: '', stderr: expect.stringContaining(said) as string });
      expect(await refusals()).toBe(before + 2);
    });

    it('are not asked for again with it by brs serve, however often its consumers ask', async () => {
      const before = await refusals();
      const serving = await startServe(
        ['spied', '--config', 'profiles.json'],
        { ...machine.env, ...spy.env },
        { cwd: machine.home },
      );
      const { url, token } = await serving.of();
      for (let asked = 0; asked < 5; asked++) {
        expect((await fetch(url, { headers: { authorization: token } })).status).toBe(503);
      }
      expect(await serving.stop()).toBe(0);
      expect(await refusals()).toBe(before + 1);
      expect(serving.told()).toContain(said);
    });

    it('are not asked where the cache of credential-process has a set', async () => {
      const command = 'brs credential-process --profile kept --config profiles.json';
      const first = await machine.run(command);
      expect(first).toMatchObject({ ...works, stdout: expect.stringContaining('"AccessKeyId":"ASIA') as string });
      expect(await machine.run(command, { SOFTHSM2_CONF: '/nonexistent' })).toEqual(first);
    });

    it('serve the containers of a gateway, each with its role, as the recipe has it', async () => {
      await machine.run(`'${util}' --delete-token --token gateway`);
      await machine.run(`'${util}' --init-token --free --label gateway --pin ${pin} --so-pin 1234567890`);
      for (const roleAlias of ['telemetry', 'updates']) {
        const roleArn = `arn:aws:iam::123456789012:role/${roleAlias}`;
        machine.device.aws.credentialProvider.putRoleAlias({ roleAlias, roleArn });
      }
      const page = await readPage('recipes/iot-gateway.md');
      const files = await machine.install(page);
      for (const place of ['etc/brs/pin', 'run/credentials/brs.service/pin']) await machine.device.write(place, pin);
      for (const commands of commandsOf(page)) expect(await machine.run(commands)).toMatchObject(works);

      const { services, secrets } = parse(files.get('compose.yaml')!) as {
        services: Record<string, { environment: NodeJS.ProcessEnv; secrets: [{ source: string; target: string }] }>;
        secrets: Record<string, { file: string }>;
      };
      await machine.whileServing(execStartOf(files.get('/etc/systemd/system/brs.service')!), async () => {
        for (const {
          environment,
          secrets: [secret],
        } of Object.values(services)) {
          const inside = machine.here(`/run/secrets/${secret.target}`);
          await mkdir(dirname(inside), { recursive: true });
          await copyFile(secrets[secret.source]!.file, inside);
          expect(await machine.listBuckets(environment)).toMatchObject({ ...works, stdout: 'readings\n' });
        }
        // With the token of another.
        const { AWS_CONTAINER_CREDENTIALS_FULL_URI: url = '' } = services.updates!.environment;
        const authorization = await readFile(secrets.telemetry!.file, 'utf8');
        expect((await fetch(url, { headers: { authorization } })).status).toBe(401);
      });
    });
  },
);
