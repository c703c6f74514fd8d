/**
 * The pages of the command line and the recipes, as they stand there: their files are read by those who read them, as far as
 * they are here, and their commands are run, with AWS on loopback and an HSM in software. There is no Docker and no
 * systemd that runs: a stand-in for `docker run` hands on what Docker would, and of units and compose files the commands are
 * run as they are written. Where terraform is installed, it runs with its own S3 backend.
 */
import { spawn } from 'node:child_process';
import { copyFile, mkdir, readdir, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { debianProgram } from '@brs-tests/support/debian';
import { describeWith } from '@brs-tests/support/describe-with';
import { pin, startSoftHsm } from '@brs-tests/support/soft-hsm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { runBrs } from './support/brs.js';
import { buckets, Machine } from './support/machine.js';
import { type Block, commandsOf, docs, readPage } from './support/pages.js';

const isLinux = process.platform === 'linux';
const hsm = isLinux ? await startSoftHsm('gateway') : undefined;
const util = hsm && (await debianProgram('softhsm2-util', 'softhsm2'));
const aws = isLinux ? await debianProgram('aws', 'awscli') : undefined;
const analyze = isLinux ? await debianProgram('systemd-analyze', 'systemd') : undefined;
const { parseConfigFileTextToJson } = createRequire(import.meta.url)('typescript') as typeof import('typescript');

let machine: Machine;
beforeAll(async () => void (machine = await Machine.start()));
afterAll(async () => {
  await machine.stop();
  await hsm?.[Symbol.asyncDispose]();
});

const works = { code: 0, stderr: '' };
const listsBuckets = { ...works, stdout: expect.stringContaining('readings') as string };
/** The SDK for JavaScript, with these variables beside what the machine has; without the base keys, which a service has not. */
const listBuckets = (variables: NodeJS.ProcessEnv) =>
  machine.run(`'${process.execPath}' '${buckets}'`, {
    AWS_ACCESS_KEY_ID: undefined,
    AWS_SECRET_ACCESS_KEY: undefined,
    ...variables,
  });
const jsonWithComments = (text: string): unknown => {
  const { config, error } = parseConfigFileTextToJson('page', text);
  expect(error).toBeUndefined();
  return config as unknown;
};

/** Runs a service until the end of what is done with it. It is ready as a health check finds out. */
async function whileServing<Result>(command: string, use: () => Promise<Result>): Promise<Result> {
  const child = spawn('sh', ['-c', `exec ${command}`], {
    env: machine.env,
    cwd: machine.home,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let told = '';
  child.stderr.setEncoding('utf8').on('data', (part: string) => (told += part));
  const ended = new Promise((resolve) => child.once('exit', resolve));
  try {
    const ready = () =>
      fetch(`http://127.0.0.1:${machine.port}/ready`).then(
        ({ ok }) => ok,
        () => told,
      );
    await expect.poll(ready, { timeout: 30_000 }).toBe(true);
    return await use();
  } finally {
    child.kill('SIGTERM');
    await ended;
  }
}

const execStartOf = (unit: string): string => /^ExecStart=(.*)$/m.exec(unit)![1]!;
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
    const { stdout } = await runBrs(['--help'], { env: machine.env });
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

describeWith('a page with a key in a token', util, (softHsmUtil) => {
  /** A page begins with a token that is empty. */
  async function emptyToken(): Promise<void> {
    const run = (args: string) => machine.run(`'${softHsmUtil}' ${args}`);
    expect(await run('--delete-token --token gateway')).toMatchObject({ code: 0 });
    expect(await run(`--init-token --free --label gateway --pin ${pin} --so-pin 1234567890`)).toMatchObject({
      code: 0,
    });
  }
  const alias = (roleAlias: string) =>
    machine.device.aws.credentialProvider.putRoleAlias({
      roleAlias,
      roleArn: `arn:aws:iam::123456789012:role/${roleAlias}`,
    });

  it('brs hsm, from an empty token to credentials; and every way of a device to say who it is', async () => {
    const page = await readPage('cli/hsm.md');
    await machine.install(page);
    await machine.device.write('etc/gateway/pin', `${pin}\n`);
    const [story = ''] = commandsOf(page);
    const told = await machine.run(story);
    expect(told).toMatchObject(works);
    expect(told.stdout).toContain(':assumed-role/device/');

    const ways = await readPage('cli/devices.md');
    await copyFile(join(machine.home, 'gateway-7.pem'), join(machine.home, 'etc/gateway/gateway-7.pem'));
    await mkdir(join(machine.home, 'etc/device'), { recursive: true });
    await machine.device.write('etc/device/passphrase', 'horse-battery\n');
    const lock = 'pkcs8 -topk8 -in key.pem -passout pass:horse-battery -out /etc/device/key.pem';
    const store =
      'pkcs12 -export -in cert.pem -inkey key.pem -passout pass:horse-battery -out /etc/device/identity.p12';
    await machine.run(`cp cert.pem /etc/device/cert.pem; openssl ${lock}; openssl ${store}`);
    const runs = [];
    for (const [index, profile] of ['lamp', 'lamp', 'gateway'].entries()) {
      await machine.install(ways, index);
      runs.push(await machine.run(`brs whoami --profile ${profile}`));
    }
    await rm(join(machine.home, 'brs.config.yaml'));
    runs.push(await machine.run('brs whoami --profile gateway'));
    expect(runs).toEqual(
      runs.map(() => ({ ...works, stdout: expect.stringContaining(':assumed-role/device/') as string })),
    );
  });

  it('an IoT gateway, whose containers each have a role of their own', async () => {
    await emptyToken();
    for (const name of ['telemetry', 'updates']) alias(name);
    const page = await readPage('recipes/iot-gateway.md');
    const files = await machine.install(page);
    for (const place of ['etc/brs/pin', 'run/credentials/brs.service/pin']) await machine.device.write(place, pin);
    for (const commands of commandsOf(page)) expect(await machine.run(commands)).toMatchObject(works);

    const { services, secrets } = parse(files.get('compose.yaml')!) as {
      services: Record<string, { environment: Record<string, string>; secrets: { source: string; target: string }[] }>;
      secrets: Record<string, { file: string }>;
    };
    const start = execStartOf(files.get('/etc/systemd/system/brs.service')!);
    await whileServing(start, async () => {
      for (const [
        name,
        {
          environment,
          secrets: [secret],
        },
      ] of Object.entries(services)) {
        const inside = machine.here(`/run/secrets/${secret!.target}`);
        await mkdir(dirname(inside), { recursive: true });
        await copyFile(secrets[secret!.source]!.file, inside);
        expect({ name, ...(await listBuckets(environment)) }).toMatchObject({ name, ...listsBuckets });
      }
      const other = {
        ...services.telemetry!.environment,
        AWS_CONTAINER_CREDENTIALS_FULL_URI: services.updates!.environment.AWS_CONTAINER_CREDENTIALS_FULL_URI,
      };
      await copyFile(secrets.telemetry!.file, machine.here('/run/secrets/brs'));
      expect((await listBuckets(other)).code).not.toBe(0);
    });
  });
});

describe('a recipe', () => {
  const example = async (page: string): Promise<{ page: Block[]; files: Map<string, string>; commands: string[] }> => {
    const blocks = await readPage(page);
    await rm(join(machine.home, '.aws'), { recursive: true, force: true });
    return { page: blocks, files: await machine.install(blocks), commands: commandsOf(blocks) };
  };

  it.skipIf(!aws)('terraform, with its own backend where it is installed, and by the AWS CLI', async () => {
    const { commands } = await example('recipes/terraform.md');
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
    // The AWS CLI in the place of providers, each with its profile.
    for (const name of ['network', 'dns']) {
      const asked = await machine.run(`aws sts get-caller-identity --output text --profile ${name}`);
      expect(asked).toMatchObject({ code: 0, stdout: expect.stringContaining(`:assumed-role/${name}/`) as string });
    }
  });

  it.skipIf(!aws)('Docker: one container, and compose', async () => {
    const { files, commands } = await example('recipes/docker.md');
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
    await whileServing(`brs ${services.brs.command.join(' ')}`, async () => {
      const [, program, ...args] = services.brs.healthcheck.test;
      const quoted = args.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ');
      expect(await machine.run(`${program} ${quoted}`)).toEqual({ ...works, stdout: '' });
      expect(await listBuckets(services.app.environment)).toMatchObject(listsBuckets);
    });
  });

  it.skipIf(!analyze)('systemd: the units are good, and the service has what its unit says', async () => {
    for (const recipe of ['iot-gateway', 'systemd'] as const) {
      const { files } = await example(`recipes/${recipe}.md`);
      await machine.program('reports', `#!/bin/sh\nexec '${process.execPath}' '${buckets}'\n`);
      const units = [...files.keys()].filter((name) => name.endsWith('.service')).map((name) => `.${name}`);
      // The folder is that of a test, and systemd is not what runs this machine.
      const { stderr } = await machine.run(`'${analyze}' verify --man=no --recursive-errors=no ${units.join(' ')}`);
      expect({ recipe, units: units.length > 0, stderr }).toEqual({ recipe, units: true, stderr: '' });
    }
    const { files } = await example('recipes/systemd.md');
    const [service, consumer] = ['brs', 'reports'].map((name) => files.get(`/etc/systemd/system/${name}.service`)!);
    await whileServing(execStartOf(service!), async () => {
      const [, name = '', path = ''] = /^LoadCredential=(\w+):(.*)$/m.exec(consumer!)!;
      const credentials = await machine.device.write(`credentials/${name}`, '');
      await copyFile(path, credentials);
      const variables = environmentOf(consumer!, dirname(credentials));
      expect(await machine.run(execStartOf(consumer!), { AWS_ACCESS_KEY_ID: undefined, ...variables })).toMatchObject(
        listsBuckets,
      );
    });
  });

  it.skipIf(!aws)('VS Code: the debugger and a task', async () => {
    const { files } = await example('recipes/vs-code.md');
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

  it.skipIf(!aws)('coming from aws-vault', async () => {
    const { page, commands } = await example('coming-from-aws-vault.md');
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

  it.skipIf(!aws)('coming from the Roles Anywhere helper', async () => {
    const { page, commands } = await example('coming-from-rolesanywhere-credential-helper.md');
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
