import { STSClient } from '@aws-sdk/client-sts';
import { describe, expect, it } from 'vitest';
import { ManualClock } from '@brs/testkit';
import { checkStsOptions, type StsOptions } from './options.js';
import { createStsStrategy } from './strategy.js';

const RoleArn = 'arn:aws:iam::123456789012:role/x';
const assumeRole = { RoleArn };
const mfa = { serialNumber: 'arn:aws:iam::123456789012:mfa/jane', token: () => '000000' };
const credentials = { accessKeyId: 'a', secretAccessKey: 'planted-secret' };
const client = new STSClient({});

describe('good options', () => {
  it.each([
    ['assumeRole', { assumeRole }],
    [
      'assumeRole',
      {
        assumeRole: { RoleArn, DurationSeconds: 1, SerialNumber: 'x', TokenCode: '123456', ExternalId: 'e', Tags: [] },
      },
    ],
    ['assumeRole', { assumeRole, mfa }],
    [
      'assumeRole',
      {
        assumeRole,
        mfa: { ...mfa, token: ['ykman', 'oath'] },
        credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
      },
    ],
    [
      'assumeRole',
      { assumeRole, mfa: { ...mfa, token: 'ykman oath', commandOptions: { cwd: '/', env: {}, timeoutMs: 1 } } },
    ],
    ['assumeRole', { assumeRole, stsClient: client }],
    [
      'assumeRole',
      {
        assumeRole,
        stsClient: { region: 'eu-west-1' },
        credentials: async () => ({ accessKeyId: 'a', secretAccessKey: 'b' }),
      },
    ],
    ['assumeRole', { assumeRole, getSessionToken: undefined, mfa: undefined }],
    ['assumeRoleWithWebIdentity', { assumeRoleWithWebIdentity: { RoleArn, WebIdentityToken: 't' } }],
    ['assumeRoleWithWebIdentity', { assumeRoleWithWebIdentity: { RoleArn, WebIdentityToken: { file: 'f' } } }],
    ['assumeRoleWithSAML', { assumeRoleWithSAML: { RoleArn, PrincipalArn: 'p', SAMLAssertion: () => 'a' } }],
    ['getSessionToken', { getSessionToken: {}, mfa }],
    ['getFederationToken', { getFederationToken: { Name: 'bob' } }],
    ['chain', { chain: [assumeRole, { RoleArn, DurationSeconds: 3600 }], mfa }],
    ['chain', { chain: [{ RoleArn, DurationSeconds: 43_200 }] }],
  ] as [string, object][])('%s', (name, options) => {
    expect(checkStsOptions(options as StsOptions)).toBe(name);
  });
});

describe('bad options name the option and the rule', () => {
  it.each([
    [{}, 'assumeRole', /`assumeRole`.*`getFederationToken` or `chain` is required/],
    [{ assumeRole, chain: [assumeRole] }, 'chain', /`assumeRole` exclude each other/],
    [
      { getSessionToken: {}, getFederationToken: { Name: 'b' } },
      'getFederationToken',
      /`getSessionToken` exclude each other/,
    ],
    [{ assumeRol: assumeRole }, 'assumeRol', /unknown.*assumeRole,/],
    [{ assumeRole: {} }, 'assumeRole.RoleArn', /is required/],
    [{ assumeRole: { RoleArm: RoleArn } }, 'assumeRole.RoleArm', /unknown.*RoleArn,/],
    [{ assumeRole: { RoleArn: '' } }, 'assumeRole.RoleArn', /non-empty string/],
    [{ assumeRole: RoleArn }, 'assumeRole', /must be an object/],
    [{ assumeRole: { RoleArn, DurationSeconds: '900' } }, 'assumeRole.DurationSeconds', /seconds/],
    [{ assumeRole: { RoleArn, DurationSeconds: 0 } }, 'assumeRole.DurationSeconds', /seconds/],
    [{ assumeRole: { RoleArn, Tags: {} } }, 'assumeRole.Tags', /array/],
    [{ assumeRole: { RoleArn, SerialNumber: 's', TokenCode: '12345' } }, 'assumeRole.TokenCode', /six digits/],
    [{ assumeRole: { RoleArn, SerialNumber: 's', TokenCode: 987654 } }, 'assumeRole.TokenCode', /six digits/],
    [{ assumeRoleWithWebIdentity: { RoleArn } }, 'assumeRoleWithWebIdentity.WebIdentityToken', /is required/],
    [
      { assumeRoleWithWebIdentity: { RoleArn, WebIdentityToken: '' } },
      'assumeRoleWithWebIdentity.WebIdentityToken',
      /\{ file \}/,
    ],
    [
      { assumeRoleWithWebIdentity: { RoleArn, WebIdentityToken: { path: 'x' } } },
      'assumeRoleWithWebIdentity.WebIdentityToken',
      /\{ file \}/,
    ],
    [
      { assumeRoleWithWebIdentity: { RoleArn, WebIdentityToken: { file: 3 } } },
      'assumeRoleWithWebIdentity.WebIdentityToken',
      /\{ file \}/,
    ],
    [{ assumeRoleWithSAML: { RoleArn, SAMLAssertion: 'a' } }, 'assumeRoleWithSAML.PrincipalArn', /is required/],
    [{ getFederationToken: {} }, 'getFederationToken.Name', /is required/],
    [{ chain: [] }, 'chain', /array of roles/],
    [{ chain: [{}] }, 'chain.0.RoleArn', /is required/],
    [{ chain: [assumeRole, undefined] }, 'chain.1', /is required/],
    [{ chain: [assumeRole, null] }, 'chain.1', /must be an object/],
    [{ chain: [assumeRole, { RoleArn, DurationSeconds: 3601 }] }, 'chain.1.DurationSeconds', /one hour/],
    [{ assumeRole, stsClient: 'us-east-1' }, 'stsClient', /must be an object/],
    [{ assumeRole, credentials: 'planted-secret' }, 'credentials', /must be an object/],
    [{ assumeRole, credentials, stsClient: client }, 'credentials', /`stsClient.credentials` exclude/],
    [{ assumeRole, credentials, stsClient: { credentials } }, 'credentials', /`stsClient.credentials` exclude/],
    [{ assumeRole, credentials, stsClient: { credentials: () => credentials } }, 'credentials', /exclude/],
    [{ getFederationToken: { Name: 'b' }, mfa }, 'mfa', /`getFederationToken` exclude/],
    [{ assumeRole: { RoleArn, TokenCode: '123456' }, mfa }, 'mfa', /`TokenCode` exclude/],
    [{ assumeRole, mfa: { token: () => '' } }, 'mfa.serialNumber', /is required/],
    [{ assumeRole, mfa: { serialNumber: 's' } }, 'mfa.token', /is required/],
    [{ assumeRole, mfa: { serialNumber: 's', token: '987654' } }, 'mfa.token', /a new code each time/],
    [{ assumeRole, mfa: { serialNumber: 's', token: 987654 } }, 'mfa.token', /a function or a command/],
    [{ assumeRole, mfa: { serialNumber: 's', token: ' ' } }, 'mfa.token', /a function or a command/],
    [
      { assumeRole, mfa: { serialNumber: 's', token: Symbol('planted-secret') } },
      'mfa.token',
      /a function or a command/,
    ],
    [{ assumeRole, mfa: { serialNumber: 's', token: [] } }, 'mfa.token', /a function or a command/],
    [{ assumeRole, mfa: { serialNumber: 's', token: ['planted-secret', 1] } }, 'mfa.token', /a function or a command/],
    [{ assumeRole, mfa: { ...mfa, commandOptions: { shell: true } } }, 'mfa.commandOptions.shell', /is unknown/],
    [
      { assumeRole, mfa: { ...mfa, commandOptions: { timeoutMs: -1 } } },
      'mfa.commandOptions.timeoutMs',
      /milliseconds/,
    ],
  ] as [object, string, RegExp][])('%j', (options, option, problem) => {
    let thrown: unknown;
    try {
      checkStsOptions(options as StsOptions);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toMatchObject({ code: 'INVALID_OPTIONS', message: expect.stringMatching(problem) });
    expect((thrown as { option: string }).option.split('`')[0]).toBe(option);
    expect((thrown as Error).message).not.toMatch(/987654|planted-secret/);
  });
});

describe('half a set as base credentials is refused at construction, in either place', () => {
  it.each([
    {},
    { accessKeyId: 'planted-key' },
    { secretAccessKey: 'planted-secret' },
    { accessKeyId: '', secretAccessKey: 'planted-secret' },
    { accessKeyId: 'planted-key', secretAccessKey: undefined, sessionToken: 'planted-token' },
    { accessKeyId: 'planted-key', secretAccessKey: 7 },
    Promise.resolve(credentials),
    [],
    null,
  ])('%j', (half) => {
    for (const [options, option] of [
      [{ assumeRole, credentials: half }, 'credentials'],
      [{ assumeRole, stsClient: { credentials: half } }, 'stsClient.credentials'],
    ] as const) {
      const check = (): unknown => checkStsOptions(options as unknown as StsOptions);
      expect(check).toThrow(
        expect.objectContaining({
          code: 'INVALID_OPTIONS',
          option,
          message: `Option \`${option}\` must be an object with \`accessKeyId\` and \`secretAccessKey\`, or a function that gives one.`,
        }),
      );
    }
  });
});

it('`mfa.commandOptions` beside a function is refused: it would be ignored', () => {
  const options = { assumeRole, mfa: { ...mfa, commandOptions: { timeoutMs: 1000 } } };
  expect(() => checkStsOptions(options)).toThrow(
    expect.objectContaining({ code: 'INVALID_OPTIONS', option: 'mfa.commandOptions' }),
  );
  expect(checkStsOptions({ ...options, mfa: { ...options.mfa, token: ['ykman'] } })).toBe('assumeRole');
  expect(checkStsOptions({ ...options, mfa: { ...mfa, commandOptions: undefined } })).toBe('assumeRole');
});

it('gives a person time for the code', () => {
  const context = { clock: new ManualClock(), random: Math.random, notify: () => undefined };
  expect(createStsStrategy({ assumeRole, mfa }, context).refreshTimeoutMs).toBe(120_000);
  expect(createStsStrategy({ assumeRole }, context).refreshTimeoutMs).toBeUndefined();
});
