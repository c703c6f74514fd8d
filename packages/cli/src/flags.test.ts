import { describe, expect, it } from 'vitest';
import { environmentLayer, splitArguments } from './flags.js';

const known = new Map([
  ['--profile', true],
  ['--json', false],
]);
const split = (...argv: string[]) => splitArguments(argv, known);

describe('a command line', () => {
  it('is taken apart into what the command knows and what the session takes', () => {
    const { own, session } = split(
      'exec',
      '--profile',
      'prod',
      '--role-arn',
      'arn',
      '--assume-role.DurationSeconds=900',
      '--json',
      '--defer-refresh',
      '--region=eu-west-1',
      '--',
      'aws',
      '--role-arn',
      'not ours',
    );
    expect(own).toEqual(['exec', '--profile', 'prod', '--json', '--', 'aws', '--role-arn', 'not ours']);
    expect(session.options).toEqual({
      assumeRole: { RoleArn: 'arn', DurationSeconds: 900 },
      deferRefresh: true,
      region: 'eu-west-1',
    });
    expect(session.originOf(['assumeRole', 'RoleArn'])).toBe('--role-arn');
    expect(session.originOf(['assumeRole', 'DurationSeconds'])).toBe('--assume-role.DurationSeconds');
  });

  it('leaves the value of a known flag alone, whatever it looks like', () =>
    expect(split('--profile', '--role-arn').own).toEqual(['--profile', '--role-arn']));

  it('keeps digits in a short name as text, where they are text', () =>
    expect(split('--external-id', '12345').session.options).toEqual({ assumeRole: { ExternalId: '12345' } }));

  it.each([
    [['--role-arn'], '--role-arn needs a value: <arn>.'],
    [['--duration-seconds', 'long'], '--duration-seconds must be a number.'],
    [['--__proto__.x', '1'], '--__proto__.x can be no option.'],
  ])('%j is refused', (argv, message) => expect(() => split(...argv)).toThrow(message));
});

describe('a secret as a flag', () => {
  it.each([
    ['--credentials.secretAccessKey', 'planted-secret'],
    ['--sts-client.credentials.sessionToken', 'planted-secret'],
    ['--assume-role.TokenCode', '123456'],
    ['--mfa.token', '123456'],
    ['--pin', 'planted-secret'],
    ['--user-pin', 'planted-secret'],
    ['--passphrase', 'planted-secret'],
    ['--client-secret', 'planted-secret'],
    ['--assume-role-with-web-identity.WebIdentityToken', 'planted-secret'],
    ['--assume-role-with-saml.SAMLAssertion', 'planted-secret'],
    ['--private-key', '-----BEGIN PRIVATE KEY-----planted-secret'],
    ['--identity.pkcs11.pin', 'planted-secret'],
    ['--identity', 'pkcs11:token=hsm?pin-value=planted-secret'],
    ['--proxy', 'http://me:planted-secret@proxy:3128'],
    ['--identity', '{"pkcs11":{"module":"softhsm2","pin":"planted-secret"}}'],
    ['--identity', '{"pkcs11":{"uri":"pkcs11:token=hsm?module-name=m&pin-value=planted-secret"}}'],
    ['--identity.pkcs12', '{"file":"device.p12","passphrase":"planted-secret"}'],
    ['--sts-client', '{"credentials":{"secretAccessKey":"planted-secret"}}'],
    ['--mfa', '{"serialNumber":"arn:aws:iam::123456789012:mfa/jane","token":"123456"}'],
    ['--chain', '[{"RoleArn":"arn:aws:iam::123456789012:role/x","TokenCode":"123456"}]'],
  ])('%s is refused, and its value not repeated', (flag, value) => {
    const refused = (): unknown => split(flag, value);
    expect(refused).toThrow(`${flag} cannot be a flag`);
    expect(refused).not.toThrow(value);
  });

  it.each([
    ['--assume-role-with-web-identity.WebIdentityToken.file', '/run/token'],
    ['--mfa.token', 'ykman oath accounts code -s AWS'],
    ['--pin.fromEnv', 'PIN'],
    ['--private-key', '/etc/device.key'],
    ['--key-label', 'device'],
    ['--token-label', 'hsm'],
    ['--identity.pkcs11.token', 'hsm'],
    ['--identity.pkcs11.token.serial', '5c1f3a7e'],
    ['--identity', 'pkcs11:token=hsm?pin-source=file:/etc/pin'],
    ['--proxy', 'http://proxy:3128'],
    ['--identity', '{"pkcs11":{"module":"softhsm2","token":{"label":"hsm"},"pin":{"fromFile":"/etc/pin"}}}'],
    ['--identity.pkcs12', '{"file":"device.p12","passphrase":{"fromCommand":["pass","device"]}}'],
    ['--mfa.token', '["ykman","oath"]'],
    ['--assume-role', '{"RoleArn":"arn:aws:iam::123456789012:role/x","Tags":[{"Key":"token","Value":"1"}]}'],
    ['--expired-credentials', 'serve'],
  ])('%s says where one is, or is none', (flag, value) => expect(() => split(flag, value)).not.toThrow());
});

describe('the environment', () => {
  it('has options by short name, and all of them as JSON', () => {
    const layer = environmentLayer({ BRS_ROLE_ARN: 'arn', BRS_OPTIONS: '{"assumeRole":{"ExternalId":"7"}}' });
    expect(layer.options).toEqual({ assumeRole: { RoleArn: 'arn', ExternalId: '7' } });
    expect(layer.originOf(['assumeRole', 'RoleArn'])).toBe('BRS_ROLE_ARN');
    expect(layer.originOf(['assumeRole', 'ExternalId'])).toBe('BRS_OPTIONS');
  });

  it.each(['[]', 'planted-secret', '5'])('BRS_OPTIONS=%s is refused without being shown', (BRS_OPTIONS) =>
    expect(() => environmentLayer({ BRS_OPTIONS })).toThrow(
      /^BRS_OPTIONS must be a JSON object with the options of a session\.$/,
    ),
  );
});
