/** Where options come from, which of them wins, and what is said of a wrong one: through the program itself. */
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type LocalAws, startLocalAws } from '@brs/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { homeWith, runBrs } from './support/brs.js';

let aws: LocalAws;
beforeAll(async () => void (aws = await startLocalAws()));
afterAll(() => aws.close());

const arnOf = (role: string): string => `arn:aws:iam::123456789012:role/${role}`;

/** Runs `whoami` in a folder with these files. */
async function whoami(files: Record<string, string>, args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const home = await homeWith(aws);
  for (const [name, text] of Object.entries(files)) {
    const path = join(home.home, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  }
  const run = await runBrs(['whoami', '--json', ...args], { env: { ...home.env, ...env }, cwd: home.home });
  const { arn = '' } = (run.stdout ? JSON.parse(run.stdout) : {}) as { arn?: string };
  return { ...run, stderr: run.stderr.replaceAll(home.home, '~'), role: /assumed-role\/(\w+)/.exec(arn)?.[1] };
}

describe('options', () => {
  const yaml = `
profiles:
  base:
    region: eu-central-1
    assumeRole:
      DurationSeconds: 900
  prod:
    extends: base
    assumeRole:
      RoleArn: ${arnOf('configured')}
`;

  it('of a flag win over the configuration, and those over the environment', async () => {
    const env = { BRS_ROLE_ARN: arnOf('environment') };
    const configured = ['--profile', 'prod'];
    const files = { 'brs.config.yaml': yaml };
    expect((await whoami(files, [...configured, '--role-arn', arnOf('flag')], env)).role).toBe('flag');
    expect((await whoami(files, configured, env)).role).toBe('configured');
    expect((await whoami(files, [], { ...env, BRS_PROFILE: 'base' })).role).toBe('environment');
  });

  it.each([
    ['brs.config.json', JSON.stringify({ profiles: { prod: { assumeRole: { RoleArn: arnOf('json') } } } }), 'json'],
    [
      'brs.config.ts',
      `import { defineConfig } from '@brs/cli';
       const name: string = 'typed';
       export default defineConfig({ profiles: { prod: { assumeRole: { RoleArn: \`arn:aws:iam::123456789012:role/\${name}\` } } } });`,
      'typed',
    ],
    [
      '.aws/config',
      `[brs base]\nregion = eu-west-1\n[brs prod]\nextends = base\nassumeRole.RoleArn = ${arnOf('section')}\n`,
      'section',
    ],
    [
      '.aws/config',
      `[default]\n[profile prod]\nrole_arn = ${arnOf('shared')}\nsource_profile = default\n[default]\naws_access_key_id = AKID`,
      undefined,
    ],
    ['.config/brs/brs.config.yml', `profiles: { prod: { assumeRole: { RoleArn: '${arnOf('own')}' } } }`, 'own'],
  ])('come from %s', async (name, text, role) => {
    const run = await whoami({ [name]: text }, ['--profile', 'prod']);
    expect({ role: run.role, ok: run.code === 0 }).toEqual({ role, ok: role !== undefined });
  });

  it('come from a profile of AWS, whose role is assumed with its source profile', async () => {
    const { accessKeyId, secretAccessKey } = aws.baseCredentials;
    const files = {
      '.aws/config': `[profile prod]\nrole_arn = ${arnOf('shared')}\nsource_profile = keys\nregion = eu-west-1\n`,
      '.aws/credentials': `[keys]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n`,
    };
    const without = { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' };
    expect((await whoami(files, ['--profile', 'prod'], without)).role).toBe('shared');
    // The same as the base of a role that is given.
    expect((await whoami(files, ['--profile', 'keys', '--role-arn', arnOf('flag')], without)).role).toBe('flag');
  });

  it('can be a secret that stands elsewhere', async () => {
    const token = aws.issueWebIdentityToken();
    const config = (from: object) => ({
      'brs.config.json': JSON.stringify({
        profiles: { prod: { assumeRoleWithWebIdentity: { RoleArn: arnOf('pod'), WebIdentityToken: from } } },
      }),
    });
    const env = { TOKEN: token };
    for (const from of [{ fromEnv: 'TOKEN' }, { fromCommand: ['printenv', 'TOKEN'] }]) {
      expect((await whoami(config(from), ['--profile', 'prod'], env)).role).toBe('pod');
    }
    const run = await whoami(config({ fromEnv: 'NONE' }), ['--profile', 'prod', '--verbose'], env);
    expect(run.stderr).toContain('refers to the environment variable NONE, which is not set');
  });
});

describe('what is wrong is said with the place where it stands', () => {
  it.each([
    [
      'an option',
      'brs.config.yaml',
      'profiles:\n  prod:\n    assumeRole:\n      RoleArn: 5\n',
      'brs.config.yaml:4: Option `assumeRole.RoleArn` must be a non-empty string',
    ],
    [
      'an unknown option',
      'brs.config.json',
      '{"profiles":{\n"prod":{"assumeRole":{"RoleArn":"x"},\n"rgion":"y"}}}',
      'brs.config.json:3: Option `rgion` is unknown',
    ],
    [
      'no profiles',
      'brs.config.yaml',
      'profile: {}\n',
      'brs.config.yaml:1: `profile` is unknown; known is `profiles`.',
    ],
    ['bad YAML', 'brs.config.yaml', 'profiles:\n  prod: {\n', 'brs.config.yaml:3 cannot be understood'],
    ['bad JSON', 'brs.config.json', '{"profiles": [}', 'brs.config.json:1 cannot be understood'],
    [
      'no base',
      'brs.config.yaml',
      'profiles:\n  prod:\n    extends: nobody\n',
      'brs.config.yaml:3: `profiles.prod.extends` names no profile of this file.',
    ],
    [
      'a circle',
      'brs.config.yaml',
      'profiles:\n  prod:\n    extends: b\n  b:\n    extends: prod\n',
      'brs.config.yaml:3: the profiles prod → b → prod go round in a circle.',
    ],
    [
      'a program that fails',
      'brs.config.ts',
      'throw new Error("no such vault");',
      'brs.config.ts cannot be run: no such vault.',
    ],
    [
      'an option of a program',
      'brs.config.ts',
      'export default {\n profiles: {\n  prod: {\n   assumeRole: { RoleArn: 5 } } } };',
      'brs.config.ts:4: Option `assumeRole.RoleArn` must be',
    ],
    [
      'a section',
      '.aws/config',
      '[brs prod]\nregion = x\nassumeRole.RoleArn = 5\n',
      '.aws/config:3: Option `assumeRole.RoleArn` must be',
    ],
  ])('%s', async (_, name, text, message) => {
    const { code, stderr, stdout } = await whoami({ [name]: text }, ['--profile', 'prod']);
    expect(stderr).toContain(message);
    expect({ code, stdout, lines: stderr.split('\n').length }).toEqual({ code: 2, stdout: '', lines: 2 });
  });

  it.each([
    [
      'a flag',
      ['--role-arn', 'x', '--assume-role.DurationSeconds', 'long'],
      {},
      '--assume-role.DurationSeconds: Option `assumeRole.DurationSeconds` must be a number',
    ],
    [
      'the environment',
      [],
      { BRS_OPTIONS: '{"assumeRole":{"RoleArn":7}}' },
      'BRS_OPTIONS: Option `assumeRole.RoleArn` must be',
    ],
    ['an unknown profile', ['--profile', 'prdo'], {}, "There is no profile 'prdo'."],
    ['nothing', [], {}, 'Nothing says how credentials are had.'],
    ['a secret', ['--assume-role.TokenCode', '123456'], {}, '--assume-role.TokenCode cannot be a flag'],
    ['an unknown command of the parser', ['--json=1x', '--nonsense.x'], {}, ''],
  ])('%s', async (_, args, env, message) => {
    const { code, stderr } = await whoami({}, args, env);
    expect(stderr).toContain(message);
    expect(code).toBe(2);
  });

  it('a package that is missing: what to install', async () => {
    const { code, stderr } = await whoami({}, ['--method', '@acme/brs-vault']);
    expect({ code, stderr }).toEqual({
      code: 5,
      stderr: expect.stringMatching(
        /^brs: The method '@acme\/brs-vault' needs the package @acme\/brs-vault, which is not installed\. Run: npm install @acme\/brs-vault /,
      ),
    });
  });

  it('a refusal: in one line, and the cause with --verbose', async () => {
    aws.putRole({ arn: arnOf('closed'), trust: ['210987654321'] });
    const { code, stderr } = await whoami({}, ['--role-arn', arnOf('closed'), '--region', 'us-east-1']);
    expect({ code, lines: stderr.trim().split('\n').length }).toEqual({ code: 3, lines: 1 });
    const told = await whoami({}, ['--role-arn', arnOf('closed'), '--region', 'us-east-1', '--verbose']);
    expect(told.stderr).toMatch(/\n  because: AccessDenied: assumeRole of /);
  });

  it('a file that everybody may write is not run', async () => {
    const { home, env } = await homeWith(aws);
    const path = join(home, 'brs.config.mjs');
    await writeFile(path, 'process.exit(99)');
    await chmod(path, 0o666);
    const { code, stderr } = await runBrs(['whoami', '--profile', 'x'], { env, cwd: home });
    expect(code).toBe(2);
    expect(stderr).toContain('can be written by everybody');
  });
});
