/**
 * The pages of the command line and the recipes, as they stand there: their files are read by those who read them, as far as
 * they are here, and their commands are run, with AWS on loopback. (Those with a key in a token: `hsm.test.ts`.) There is no
 * Docker and no systemd that runs: a stand-in for `docker run` hands on what Docker would, and of units and compose files the
 * commands are run as they are written. Where terraform is installed, it runs with its own S3 backend.
 */
import { copyFile, readdir, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { debianProgram } from '@brs-tests/support/debian';
import { describe, expect, it, type TestContext } from 'vitest';
import { parse } from 'yaml';
import { runBrs } from './support/brs.js';
import { buckets, curl, execStartOf, Machine, works } from './support/machine.js';
import { type Block, commandsOf, docs, readPage } from './support/pages.js';

const aws = curl && (await debianProgram('aws', 'awscli'));
const analyze = curl ? await debianProgram('systemd-analyze', 'systemd') : undefined;
const { parseConfigFileTextToJson } = createRequire(import.meta.url)('typescript') as typeof import('typescript');

const listsBuckets = { ...works, stdout: expect.stringContaining('readings') as string };
const jsonWithComments = (text: string): unknown => {
  const { config, error } = parseConfigFileTextToJson('page', text);
  expect(error).toBeUndefined();
  return config as unknown;
};

/** What a unit sets, with `%d` as systemd would have it. */
const environmentOf = (unit: string, credentials: string): NodeJS.ProcessEnv =>
  Object.fromEntries(
    [...unit.matchAll(/^Environment=(\w+)=(.*)$/gm)].map(([, name, value = '']) => [
      name,
      value.replace('%d', credentials),
    ]),
  );

describe('the documentation of the command line', () => {
  it('has a page for each command, with an example', async () => {
    const { stdout } = await runBrs(['--help'], { env: process.env });
    const names = [...stdout.matchAll(/^  ([a-z-]+) .*$/gm)].map(([, name]) => name!).filter((name) => name !== 'help');
    expect(names).toContain('hsm');
    for (const name of names) {
      const blocks = await readPage(`cli/${name}.md`);
      expect(blocks.filter(({ text }) => text.includes(`brs ${name}`)).map(() => name)).toContain(name);
    }
  });

  it('shows files that are what they are called', async () => {
    const pages = (await readdir(docs, { recursive: true })).filter((name) =>
      /^(recipes\/|cli\/|coming-from-(aws|ro)).*\.md$/.test(name),
    );
    const blocks = (await Promise.all(pages.map(readPage))).flat().filter(({ title }) => title !== '');
    expect(blocks.length).toBeGreaterThan(20);
    for (const { language, text } of blocks) {
      if (language === 'yaml') expect(parse(text)).toBeTypeOf('object');
      if (language === 'jsonc') expect(jsonWithComments(text)).toBeTypeOf('object');
    }
  });
});

interface Example {
  readonly machine: Machine;
  readonly page: Block[];
  readonly files: Map<string, string>;
  readonly commands: string[];
}

/** A page on a machine of its own, with its files in their places. */
async function example(page: string, { onTestFinished }: TestContext): Promise<Example> {
  const machine = await Machine.start();
  onTestFinished(() => machine.stop());
  const blocks = await readPage(page);
  return { machine, page: blocks, files: await machine.install(blocks), commands: commandsOf(blocks) };
}

describe.concurrent('a recipe or a page', { timeout: 240_000 }, () => {
  it.skipIf(!aws)('terraform, with its own backend where it is installed, and by the AWS CLI', async (context) => {
    const { machine, commands } = await example('recipes/terraform.md', context);
    machine.device.aws.createBucket('example-terraform-state');
    if ((await machine.run('command -v terraform')).code === 0) {
      expect(await machine.run('terraform fmt -check backend.tf providers.tf')).toMatchObject({ code: 0 });
      // Its provider for AWS would have to be downloaded.
      await rm(join(machine.home, 'providers.tf'));
      await machine.device.write('main.tf', 'resource "terraform_data" "network" {}\n');
      const applied = await machine.run(commands.join('\n'), {
        CHECKPOINT_DISABLE: '1',
        TF_CLI_ARGS_init: '-backend-config=use_path_style=true',
        TF_CLI_ARGS_apply: '-auto-approve',
      });
      expect(applied).toMatchObject({ code: 0, stdout: expect.stringContaining('Apply complete!') as string });
    }
    // The AWS CLI in the place of a provider with its profile.
    const asked = await machine.run('aws sts get-caller-identity --output text --profile network');
    expect(asked).toMatchObject({ code: 0, stdout: expect.stringContaining(':assumed-role/network/') as string });
  });

  it.skipIf(!aws)('devices with files', async (context) => {
    const { machine, page, commands } = await example('cli/devices.md', context);
    const secret = 'pass:horse-battery';
    await machine.run(`
      mkdir -p /etc/device; echo horse-battery >/etc/device/passphrase; cp cert.pem /etc/device/
      openssl pkcs8 -topk8 -in key.pem -passout ${secret} -out /etc/device/key.pem
      openssl pkcs12 -export -in cert.pem -inkey key.pem -passout ${secret} -out /etc/device/identity.p12`);
    const ran = await machine.run(commands.join('\n'));
    expect(ran).toMatchObject({
      ...works,
      stdout: expect.stringMatching(/:assumed-role\/device\/[^]*readings/) as string,
    });
    await machine.install(page, 1);
    const asked = await machine.run('brs whoami --profile lamp');
    expect(asked).toMatchObject({ ...works, stdout: expect.stringContaining(':assumed-role/device/') as string });
  });

  it.skipIf(!aws)('Docker: one container, and compose', async (context) => {
    const { machine, files, commands } = await example('recipes/docker.md', context);
    const ran = await machine.run(commands.join('\n'));
    expect(ran).toMatchObject({ ...works, stdout: expect.stringContaining('readings') as string });

    const { services } = parse(files.get('compose.yaml')!) as {
      services: Record<
        'brs' | 'app',
        { command: string[]; healthcheck: { test: string[] }; environment: NodeJS.ProcessEnv }
      >;
    };
    expect(files.get('Dockerfile')).toMatch(/^ENTRYPOINT \["brs"\]$/m);
    await machine.run('cp brs.config.yaml /etc/brs.config.yaml; mkdir -p /etc/brs; mv /etc/brs.config.yaml /etc/brs/');
    await machine.whileServing(`brs ${services.brs.command.join(' ')}`, async () => {
      const [, program, ...args] = services.brs.healthcheck.test;
      const quoted = args.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ');
      expect(await machine.run(`${program} ${quoted}`)).toEqual({ ...works, stdout: '' });
      expect(await machine.listBuckets(services.app.environment)).toMatchObject(listsBuckets);
    });
  });

  it.skipIf(!analyze)('systemd: the units are good, and the service has what its unit says', async (context) => {
    for (const recipe of ['iot-gateway', 'systemd'] as const) {
      const { machine, files } = await example(`recipes/${recipe}.md`, context);
      const units = [...files.keys()].filter((name) => name.endsWith('.service')).map((name) => `.${name}`);
      // The folder is that of a test, and systemd is not what runs this machine.
      const { stderr } = await machine.run(`'${analyze}' verify --man=no --recursive-errors=no ${units.join(' ')}`);
      expect({ recipe, units: units.length > 0, stderr }).toEqual({ recipe, units: true, stderr: '' });
    }
    const { machine, files } = await example('recipes/systemd.md', context);
    const [service, consumer] = ['brs', 'reports'].map((name) => files.get(`/etc/systemd/system/${name}.service`)!);
    await machine.whileServing(execStartOf(service!), async () => {
      const [, name = '', path = ''] = /^LoadCredential=(\w+):(.*)$/m.exec(consumer!)!;
      const credentials = await machine.device.write(`credentials/${name}`, '');
      await copyFile(path, credentials);
      const variables = environmentOf(consumer!, dirname(credentials));
      expect(await machine.run(execStartOf(consumer!), { AWS_ACCESS_KEY_ID: undefined, ...variables })).toMatchObject(
        listsBuckets,
      );
    });
  });

  it.skipIf(!aws)('VS Code: the debugger and a task', async (context) => {
    const { machine, files } = await example('recipes/vs-code.md', context);
    const settings = jsonWithComments(files.get('.vscode/settings.json')!) as Record<string, NodeJS.ProcessEnv>;
    const launch = jsonWithComments(files.get('.vscode/launch.json')!) as {
      configurations: { env: NodeJS.ProcessEnv }[];
    };
    const tasks = jsonWithComments(files.get('.vscode/tasks.json')!) as {
      tasks: { command: string; args: string[] }[];
    };
    expect(settings['terminal.integrated.env.linux']).toEqual(launch.configurations[0]!.env);
    const debugged = await machine.run(`'${process.execPath}' '${buckets}'`, launch.configurations[0]!.env);
    expect(debugged).toMatchObject({ code: 0, stdout: expect.stringContaining('readings') as string });
    const [{ command, args }] = tasks.tasks as [{ command: string; args: string[] }];
    const ran = await machine.run(`${command} ${args.join(' ')}`);
    expect(ran).toMatchObject({ code: 0, stdout: expect.stringContaining('readings') as string });
  });

  it.skipIf(!aws)('coming from aws-vault', async (context) => {
    const { machine, page, commands } = await example('coming-from-aws-vault.md', context);
    const { accessKeyId, secretAccessKey } = machine.device.aws.baseCredentials;
    const withoutKeys = { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined };
    await machine.device.write(
      '.aws/credentials',
      `[jon]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n`,
    );
    const ran = await machine.run(commands.join('\n'), withoutKeys);
    expect(ran).toMatchObject({ ...works, stdout: expect.stringContaining('readings') as string });

    await machine.install(page, 1);
    await machine.device.write('.aws/credentials', '');
    const keys = JSON.stringify({ Version: 1, AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey });
    await machine.program(
      'aws-vault',
      `#!/bin/sh\n[ "$*" = 'export --format=json --no-session jon' ] && echo '${keys}'\n`,
    );
    const asked = await machine.run('brs whoami --profile admin', withoutKeys);
    expect(asked).toMatchObject({ ...works, stdout: expect.stringContaining(':assumed-role/admin/') as string });
  });

  it.skipIf(!aws)('coming from the Roles Anywhere helper', async (context) => {
    const { machine, page, commands } = await example('coming-from-rolesanywhere-credential-helper.md', context);
    const role = '--role-arn arn:aws:iam::123456789012:role/server --region us-east-1';
    // What the helper prints is what brs prints: the format is that of credential_process.
    const helper = `#!/bin/sh\n[ "$1" = credential-process ] && exec brs credential-process ${role}\n`;
    await machine.program('aws_signing_helper', helper);
    const kept = await machine.run(commands[0]!);
    expect(kept).toMatchObject({ ...works, stdout: expect.stringContaining('readings') as string });

    await machine.install(page, 1);
    await machine.run('mkdir -p /etc/pki; cp cert.pem /etc/pki/server.pem; cp key.pem /etc/pki/server.key');
    const roleArn = 'arn:aws:iam::123456789012:role/server';
    machine.device.aws.credentialProvider.putRoleAlias({ roleAlias: 'server', roleArn });
    const traded = await machine.run(commands[1]!);
    expect(traded).toMatchObject({ ...works, stdout: expect.stringContaining(':assumed-role/server/') as string });
  });
});
