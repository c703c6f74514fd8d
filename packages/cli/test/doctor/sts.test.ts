/** What can be wrong with a session by STS: each fault is the first cause, with what to do. */
import { createServer as createHttp } from 'node:http';
import { createServer as createHttps } from 'node:https';
import { createServer as createTcp } from 'node:net';
import { type LocalAws, type LocalAwsWithCredentialProvider, startLocalAws } from '@brs/testkit';
import { freePort } from '@brs-tests/support/free-port';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  account,
  arnOf,
  type Case,
  examineHere,
  expectFault,
  expectHealthy,
  type Fault,
  listening,
  planted,
} from '../support/doctor.js';

const foreign = 'arn:aws:iam::210987654321:role/foreign';
const device = `arn:aws:iam::${account}:mfa/developer`;
const reader = ['--role-arn', arnOf('reader')];

let aws: LocalAwsWithCredentialProvider;
let late: LocalAws;
beforeAll(async () => {
  aws = await startLocalAws({
    roles: [
      { arn: arnOf('reader'), trust: [account, 'idp.example.com'] },
      { arn: arnOf('tenant'), trust: [account], externalId: 'tenant-7' },
      { arn: arnOf('secure'), trust: [account], requireMfa: true },
      { arn: foreign, trust: ['210987654321'] },
    ],
    disabledRegions: ['af-south-1'],
    mfaDevices: [{ serialNumber: device, codes: ['111111'] }],
    credentialProvider: true,
  });
  late = await startLocalAws({ clockOffsetMs: 2 * 3_600_000 });
});
afterAll(() => Promise.all([aws.close(), late.close()]));

/** Variables without base credentials. */
const none = { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' };
const config = (profile: object): Case => ({
  args: ['--profile', 'own'],
  files: { 'brs.config.json': JSON.stringify({ profiles: { own: profile } }) },
});
const keys = (text: string): Case => ({
  args: [...reader, '--profile', 'keys'],
  env: none,
  files: { '.aws/credentials': `[keys]\naws_access_key_id = AKIA0\n${text}` },
});
const webIdentity = (token: string | undefined): Case => ({
  ...config({ assumeRoleWithWebIdentity: { RoleArn: arnOf('reader'), WebIdentityToken: { file: '~/token' } } }),
  env: none,
  ...(token !== undefined && {
    args: ['--assume-role-with-web-identity', JSON.stringify({ RoleArn: arnOf('reader') })].concat(
      '--assume-role-with-web-identity.WebIdentityToken.file',
      '~/token',
    ),
    files: { token },
  }),
});
const jwt = (claims: object): string => `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.x`;
const role = (arn: string): Case => ({ args: ['--role-arn', arn] });
const endpoint = (url: string): Case => ({ args: reader, env: { AWS_ENDPOINT_URL: url } });

const faults: Fault[] = [
  [
    'a configuration that is no YAML',
    () => ({ args: ['--profile', 'prod'], files: { 'brs.config.yaml': 'profiles:\n  prod: [\n' } }),
    'configuration',
    /brs\.config\.yaml:3 cannot be understood/,
    /^$/,
  ],
  [
    'a profile that is nowhere',
    () => ({ args: ['--profile', 'prd'], files: { 'brs.config.yaml': 'profiles: { prod: {} }' } }),
    'configuration',
    /There is no profile 'prd'/,
    /Known are prod/,
  ],
  [
    'an option that is wrong',
    () => ({
      args: ['--profile', 'prod'],
      files: { 'brs.config.yaml': 'profiles:\n  prod:\n    assumeRole:\n      RoleArn: 5\n' },
    }),
    'options',
    /brs\.config\.yaml:4: Option `assumeRole.RoleArn` must be/,
    /^$/,
    'INVALID_OPTIONS',
  ],
  [
    'a package that is not installed',
    () => ({ args: ['--method', '@acme/brs-nowhere'] }),
    'package',
    /not installed/,
    /npm install @acme\/brs-nowhere/,
  ],
  [
    'a module of Node as a method',
    () => ({ args: ['--method', 'fs'] }),
    'package',
    /The package fs registers no method/,
    /registerMethod/,
  ],
  [
    'a package for another core',
    () => ({
      args: ['--method', '@acme/brs-vault'],
      files: {
        'node_modules/@acme/brs-vault/package.json': JSON.stringify({
          name: '@acme/brs-vault',
          version: '3.0.0',
          exports: './index.js',
          peerDependencies: { '@brs/core': '^9.0.0' },
        }),
        'node_modules/@acme/brs-vault/index.js': '',
      },
    }),
    'package',
    /@acme\/brs-vault 3\.0\.0 is made for @brs\/core \^9\.0\.0/,
    /npm install/,
    'VERSIONS_DIFFER',
  ],
  [
    'no region',
    () => ({ args: reader, env: { AWS_REGION: '', AWS_DEFAULT_REGION: '' } }),
    'region',
    /Nothing says/,
    /--region/,
    'REGION_MISSING',
  ],
  [
    'a region that is none',
    () => ({ args: [...reader, '--region', 'Frankfurt'] }),
    'region',
    /'Frankfurt'/,
    /--region/,
    'REGION_INVALID',
  ],
  [
    'a session in the place of a role',
    () => role(`arn:aws:sts::${account}:assumed-role/reader/jane`),
    'role',
    /not the ARN of a role/,
    /arn:aws:iam::123456789012:role\/reader/,
    'ROLE_ARN_INVALID',
  ],
  [
    'a role of another partition',
    () => role(`arn:aws-cn:iam::${account}:role/reader`),
    'role',
    /partition aws-cn.* us-east-1 of aws/,
    /region/,
    'PARTITION_DIFFERS',
  ],
  [
    'a name that has no address',
    () => endpoint('https://sts.nowhere.invalid'),
    'dns',
    /sts\.nowhere\.invalid/,
    /DNS|network/,
  ],
  [
    'a port that is closed',
    async () => endpoint(`http://127.0.0.1:${await freePort()}`),
    'connection',
    /no connection to 127\.0\.0\.1:\d+\. Nothing listens there/,
    /port/,
    'ECONNREFUSED',
  ],
  [
    'a proxy that is named where nobody looks',
    async () => ({
      args: reader,
      env: {
        AWS_ENDPOINT_URL: `http://127.0.0.1:${await freePort()}`,
        HTTPS_PROXY: `http://user:${planted.secret}@127.0.0.1:9`,
      },
    }),
    'connection',
    /Nothing listens there/,
    /HTTPS_PROXY is set, and nothing here follows it.*`stsClient\.requestHandler`/,
    'ECONNREFUSED',
  ],
  [
    'a server whose authority is not trusted',
    async () => {
      const { certificate: cert, privateKey: key } = await aws.credentialProvider.createServerCertificate({
        names: ['localhost'],
      });
      return endpoint(`https://localhost:${await listening(createHttps({ cert, key }))}`);
    },
    'tls',
    /authority of the certificate of localhost is not trusted.*Loopback AWS/,
    /NODE_EXTRA_CA_CERTS/,
    'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  ],
  [
    'a server that speaks no TLS',
    async () => endpoint(`https://localhost:${await listening(createHttp())}`),
    'tls',
    /does not speak TLS/,
    /port/,
  ],
  [
    'a captive portal',
    async () =>
      endpoint(`http://127.0.0.1:${await listening(createHttp((_, answer) => answer.end('<html>Log in</html>')))}`),
    'answer',
    /Something else than STS answers/,
    /captive portal/,
    'NOT_STS',
  ],
  [
    'a server that hangs up',
    async () => endpoint(`http://127.0.0.1:${await listening(createTcp((socket) => socket.destroy()))}`),
    'answer',
    /STS does not answer/,
    /firewalls/,
    'ECONNRESET',
  ],
  ['no base credentials', () => ({ args: reader, env: none }), 'base-credentials', /There are none/, /aws sso login/],
  [
    'half a set in the environment',
    () => ({ args: reader, env: { AWS_SECRET_ACCESS_KEY: '' } }),
    'base-credentials',
    /The environment has the access key id and not the secret/,
    /both/,
    'HALF_A_SET',
  ],
  [
    'half a set in a profile',
    () => keys(''),
    'base-credentials',
    /profile 'keys' of AWS has the access key id and not the secret/,
    /both/,
    'HALF_A_SET',
  ],
  [
    'a temporary key without its token',
    () => ({ args: reader, env: { AWS_ACCESS_KEY_ID: 'ASIA0000000000000000' } }),
    'base-credentials',
    /session token is missing/,
    /AWS_SESSION_TOKEN/,
    'SESSION_TOKEN_MISSING',
  ],
  [
    'variables that have ended',
    () => ({ args: reader, env: { AWS_CREDENTIAL_EXPIRATION: '2026-01-01T00:00:00Z' } }),
    'base-credentials',
    /from environment variables, and ended at 2026-01-01/,
    /unset AWS_ACCESS_KEY_ID/,
    'ExpiredToken',
  ],
  [
    'a wrong secret',
    () => ({ args: reader, env: { AWS_SECRET_ACCESS_KEY: planted.secret } }),
    'base-identity',
    /from environment variables\. SignatureDoesNotMatch/,
    /secret access key is not the one/,
    'SignatureDoesNotMatch',
  ],
  [
    'a key that is gone',
    () => keys(`aws_secret_access_key = ${planted.secret}\n`),
    'base-identity',
    /from a profile\. InvalidClientTokenId/,
    /deleted or deactivated/,
    'InvalidClientTokenId',
  ],
  [
    'a role of another account that does not trust the caller',
    () => role(foreign),
    'credentials',
    /AccessDenied/,
    /role\/foreign must name arn:aws:iam::123456789012:user\/developer or its account; it is shown by `aws iam get-role --role-name foreign`\..*own policy must allow sts:AssumeRole/,
    'AccessDenied',
  ],
  [
    'an external id that is not given',
    () => role(arnOf('tenant')),
    'credentials',
    /AccessDenied/,
    /external id: --external-id/,
  ],
  [
    'an MFA device that is not named',
    () => role(arnOf('secure')),
    'credentials',
    /AccessDenied/,
    /If it asks for MFA: --mfa-serial/,
  ],
  [
    'a region that the account has not enabled',
    () => ({ args: [...reader, '--region', 'af-south-1'] }),
    'credentials',
    /RegionDisabled/,
    /disabled in this region/,
    'RegionDisabled',
  ],
  [
    'a chain that is to last too long',
    () => config({ chain: [{ RoleArn: arnOf('reader') }, { RoleArn: arnOf('reader'), DurationSeconds: 7200 }] }),
    'options',
    /chain\.1\.DurationSeconds` must be at most 3600/,
    /^$/,
  ],
  [
    'the second role of a chain that does not trust the first',
    () => config({ chain: [{ RoleArn: arnOf('reader') }, { RoleArn: foreign }] }),
    'credentials',
    /Hop 2 of 2/,
    /role\/foreign must name arn:aws:iam::123456789012:role\/reader/,
  ],
  ['a web identity without its file', () => webIdentity(undefined), 'web-identity', /cannot be read/, /path/, 'ENOENT'],
  ['a token that is no JWT', () => webIdentity(planted.secret), 'web-identity', /no JWT/, /ID token/, 'NOT_A_JWT'],
  [
    'a token that has expired',
    () => webIdentity(jwt({ iss: 'https://idp.test', aud: 'a', exp: 1e9 })),
    'web-identity',
    /by https:\/\/idp\.test, for a, expired at 2001/,
    /new one/,
    'ExpiredToken',
  ],
  [
    'a token for another audience',
    () => webIdentity(aws.issueWebIdentityToken({ audience: 'somebody.else' })),
    'credentials',
    /InvalidIdentityToken/,
    /Add the audience of the token/,
    'InvalidIdentityToken',
  ],
  [
    'a user in the place of an MFA device',
    () => ({ args: ['--role-arn', arnOf('secure'), '--mfa-serial', `arn:aws:iam::${account}:user/developer`] }),
    'mfa',
    /not the ARN of an MFA device/,
    /list-mfa-devices/,
    'MFA_SERIAL_INVALID',
  ],
  [
    'a command that is not there',
    () => config({ method: 'custom', command: ['no-such-program'] }),
    'credentials',
    /could not be started/,
    /`command\[0\]`/,
    'COMMAND_FAILED',
  ],
  [
    'a login with IAM Identity Center that has ended',
    () => ({
      args: ['--profile', 'sso'],
      files: {
        '.aws/config':
          '[profile sso]\nsso_session = corp\nsso_account_id = 123456789012\nsso_role_name = dev\n' +
          '[sso-session corp]\nsso_region = us-east-1\nsso_start_url = https://corp.test/start\n',
      },
    }),
    'credentials',
    /SSO session.* (expired|not found|invalid)/i,
    /^$|aws sso login/,
  ],
  [
    'a command of a profile that fails',
    () => ({
      args: ['--profile', 'process'],
      files: { '.aws/config': `[profile process]\ncredential_process = sh -c "echo ${planted.secret} >&2; exit 3"\n` },
    }),
    'credentials',
    /command of the profile 'process' \(credential_process\) has failed/,
    /^/,
  ],
  [
    'a variable for a secret that is not set',
    () => config({ method: 'custom', command: ['true'], commandOptions: { env: { TOKEN: { fromEnv: 'NO_TOKEN' } } } }),
    'secrets',
    /brs\.config\.json:1: Option `commandOptions\.env\.TOKEN` refers to the environment variable NO_TOKEN/,
    /^$/,
  ],
  [
    'a secret whose file is not there',
    () => config({ method: 'custom', command: ['true'], commandOptions: { env: { TOKEN: { fromFile: '~/token' } } } }),
    'secret-files',
    /token cannot be read/,
    /path/,
    'ENOENT',
  ],
];

it.each(faults.map((fault) => [fault[0], fault] as const))('%s', async (_, fault) => {
  const examined = await examineHere(aws, await fault[1]());
  expectFault(examined, fault);
  expect(examined.cause?.state).toBe('failed');
});

it('a clock that is two hours behind', async () => {
  const { cause, results } = await examineHere(late, { args: reader });
  expect(cause).toMatchObject({
    name: 'clock',
    state: 'failed',
    found: expect.stringContaining("This machine's clock is 2 hours behind."),
    advice: 'Set it: timedatectl set-ntp true',
    code: 'CLOCK_OFF',
  });
  // The session corrects itself.
  expect(results.find(({ name }) => name === 'credentials')?.state).toBe('ok');
});

it('a profile of ours in AWS_PROFILE is not taken for one of AWS, which has no region', async () => {
  const { cause, results } = await examineHere(aws, {
    env: { AWS_PROFILE: 'own', AWS_REGION: undefined, AWS_DEFAULT_REGION: undefined },
    files: {
      'brs.config.json': JSON.stringify({ profiles: { own: { assumeRole: { RoleArn: arnOf('reader') } } } }),
      '.aws/config': '[default]\nregion = eu-west-1\n',
    },
  });
  expect(cause).toBeUndefined();
  expect(results.find(({ name }) => name === 'region')).toMatchObject({ state: 'ok', found: 'eu-west-1' });
});

const warnings: Fault[] = [
  [
    'variables that win over a profile',
    () => ({
      args: reader,
      files: { '.aws/credentials': `[default]\naws_access_key_id = A\naws_secret_access_key = ${planted.secret}\n` },
    }),
    'environment',
    /AWS_ACCESS_KEY_ID wins over the default profile/,
    /unset AWS_ACCESS_KEY_ID/,
  ],
  [
    'a configuration with a secret in it that others can read',
    () => {
      const { accessKeyId, secretAccessKey } = aws.baseCredentials;
      const own = { assumeRole: { RoleArn: arnOf('reader') }, credentials: { accessKeyId, secretAccessKey } };
      return { ...config(own), modes: { 'brs.config.json': 0o640 } };
    },
    'secret-files',
    /brs\.config\.json \(0640\)/,
    /^chmod 600 \S+brs\.config\.json$/,
    'MODE',
  ],
  [
    'a lifetime that is short',
    () => ({ args: [...reader, '--duration-seconds', '600'] }),
    'lifetime',
    /live 10 minutes/,
    /duration/,
    'SHORT_LIFETIME',
  ],
  [
    'servers that nobody verifies',
    () => ({ args: reader, env: { NODE_TLS_REJECT_UNAUTHORIZED: '0' } }),
    'environment',
    /each can be anybody/,
    /NODE_EXTRA_CA_CERTS/,
  ],
];

it.each(warnings.map((fault) => [fault[0], fault] as const))('%s', async (_, fault) => {
  const examined = await examineHere(aws, await fault[1]());
  expectFault(examined, fault);
  expect(examined.results.filter(({ state }) => /^(failed|not reached)$/.test(state))).toEqual([]);
});

it.each([
  ['a web identity', () => webIdentity(aws.issueWebIdentityToken())],
  ['a chain', () => config({ chain: [{ RoleArn: arnOf('reader') }, { RoleArn: arnOf('reader') }] })],
] as const)('%s that works', async (_, plant) => {
  const examined = await examineHere(aws, plant());
  expectHealthy(examined);
  expect(examined.results.find(({ name }) => name === 'caller')?.found).toContain(':assumed-role/reader/');
});

it('a code of an MFA device is not asked for', async () => {
  const { results, cause } = await examineHere(aws, {
    args: ['--role-arn', arnOf('secure'), '--mfa-serial', device],
  });
  expect(results.filter(({ state }) => state === 'failed' || state === 'warning')).toEqual([]);
  expect(cause).toMatchObject({
    name: 'credentials',
    state: 'not reached',
    found: `MFA code of ${device}: nobody is asked for it.`,
    advice: 'brs doctor --ask',
  });
});
