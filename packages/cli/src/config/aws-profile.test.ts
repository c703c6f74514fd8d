import { describe, expect, it } from 'vitest';
import { awsProfileLayer, brsSection, defaultProfileWins, profileNames } from './aws-profile.js';
import { readIni } from './ini.js';

const files = (config: string, credentials = '') => ({
  configPath: '/home/jane/.aws/config',
  config: readIni(config),
  credentials: readIni(credentials),
});

it('reads sections, comments and nested blocks, with the line of each key', () => {
  const ini = readIni(
    [
      '# top',
      '[ default ]',
      'region=eu-west-1 ; here',
      's3 =',
      '  addressing = path',
      '[profile "a b"]',
      'x = y=z#1',
    ].join('\r\n'),
  );
  expect(ini.get('default')?.get('region')).toEqual({ value: 'eu-west-1', line: 3 });
  expect(ini.get('default')?.get('s3')).toEqual({ value: '', line: 4 });
  expect(ini.get('default')?.has('addressing')).toBe(false);
  expect(ini.get('profile a b')?.get('x')).toEqual({ value: 'y=z#1', line: 7 });
});

describe('an AWS profile', () => {
  const layered = files(
    `
[profile user]
region = eu-central-1
[profile hub]
role_arn = arn:aws:iam::111111111111:role/hub
source_profile = user
mfa_serial = arn:aws:iam::111111111111:mfa/jane
[profile prod]
role_arn = arn:aws:iam::222222222222:role/reader
source_profile = hub
external_id = 7
duration_seconds = 900
region = us-west-2
[profile pod]
role_arn = arn:aws:iam::222222222222:role/pod
web_identity_token_file = /run/token
[profile sso]
sso_session = corp
[profile instance]
role_arn = arn:aws:iam::222222222222:role/x
credential_source = Ec2InstanceMetadata
[profile a]
role_arn = arn:aws:iam::222222222222:role/a
source_profile = b
[profile b]
role_arn = arn:aws:iam::222222222222:role/b
source_profile = a`,
    '[user]\naws_access_key_id = AKID\naws_secret_access_key = secret\n',
  );

  it.each([
    [
      'hub',
      {
        profile: 'user',
        assumeRole: { RoleArn: 'arn:aws:iam::111111111111:role/hub' },
        mfa: { serialNumber: 'arn:aws:iam::111111111111:mfa/jane' },
      },
    ],
    [
      'prod',
      {
        region: 'us-west-2',
        profile: 'user',
        chain: [
          { RoleArn: 'arn:aws:iam::111111111111:role/hub' },
          { RoleArn: 'arn:aws:iam::222222222222:role/reader', ExternalId: '7', DurationSeconds: 900 },
        ],
        mfa: { serialNumber: 'arn:aws:iam::111111111111:mfa/jane' },
      },
    ],
    [
      'pod',
      {
        assumeRoleWithWebIdentity: {
          RoleArn: 'arn:aws:iam::222222222222:role/pod',
          WebIdentityToken: { file: '/run/token' },
        },
      },
    ],
    ['sso', { fromSdkProfile: 'sso' }],
    ['instance', { fromSdkProfile: 'instance' }],
    ['user', { region: 'eu-central-1', fromSdkProfile: 'user' }],
  ])('%s becomes the options of a session', (name, options) =>
    expect(awsProfileLayer(layered, name).options).toEqual(options),
  );

  it('that goes round in a circle is refused', () =>
    expect(() => awsProfileLayer(layered, 'a')).toThrow('The profiles a → b → a go round in a circle.'));

  it('is known by its name, once', () =>
    expect(profileNames(layered)).toEqual(['user', 'hub', 'prod', 'pod', 'sso', 'instance', 'a', 'b']));
});

it('a section of ours has dotted names, and says where each stands', () => {
  const layer = brsSection(files('[brs prod]\n\nassumeRole.RoleArn = arn\nassumeRole.DurationSeconds = 900\n'), 'prod');
  expect(layer?.options).toEqual({ assumeRole: { RoleArn: 'arn', DurationSeconds: 900 } });
  expect(layer?.originOf(['assumeRole', 'DurationSeconds'])).toBe('/home/jane/.aws/config:4');
  const json = brsSection(files('[brs prod]\nregion = x\ncredentials = {"secretAccessKey":"x"}\n'), 'prod');
  expect(json?.originOf(['credentials', 'secretAccessKey'])).toBe('/home/jane/.aws/config:3');
  expect(() => brsSection(files('[brs prod]\n__proto__.x = 1'), 'prod')).toThrow(
    "/home/jane/.aws/config:2: '__proto__.x'",
  );
});

it.each([
  ['[default]\nregion = x', '', { config: false, credentials: false }],
  ['[default]\nsso_session = x', '', { config: true, credentials: false }],
  ['', '[default]\naws_access_key_id = x', { config: false, credentials: true }],
])('%j and %j: what an SDK would take before an endpoint', (config, credentials, expected) =>
  expect(defaultProfileWins(files(config, credentials))).toEqual(expected),
);
