/** A device whose key is in a token: what the token says of its PIN counts before one is presented, and that happens once. */
import { type LocalAwsWithCredentialProvider, startLocalAws } from '@brs/testkit';
import { describeWith } from '@brs-tests/support/describe-with';
import { pin } from '@brs-tests/support/soft-hsm';
import { afterAll, expect, it } from 'vitest';
import { account, arnOf, type Case, expectHealthy, planted, runDoctorJson } from '../support/doctor.js';
import { startFaultyToken } from '../support/faulty-token.js';

const aws: LocalAwsWithCredentialProvider = await startLocalAws({
  roles: [{ arn: arnOf('reader'), trust: [account, 'credentials.iot.amazonaws.com'] }],
  credentialProvider: { roleAliases: [{ roleAlias: 'device', roleArn: arnOf('reader') }] },
});
const token = process.platform === 'linux' ? await startFaultyToken(aws) : undefined;
afterAll(async () => {
  await aws.close();
  await token?.[Symbol.asyncDispose]();
});

describeWith('a key in a token', token, (hsm) => {
  const setup = (options: object = {}): Case => {
    const { host: endpoint, port, ca } = aws.credentialProvider;
    const identity = { module: hsm.module, token: 'gate', key: 'device', pin: { file: '~/pin' }, ...options };
    const profile = { method: 'iot-x509', endpoint, port, ca: '~/ca.pem', roleAlias: 'device', region: 'us-east-1' };
    return {
      args: ['--profile', 'gate'],
      packages: ['pkcs11'],
      files: {
        'ca.pem': ca,
        pin: `${pin}\n`,
        'brs.config.ts': `
          import { pkcs11 } from '@brs/pkcs11';
          const identity = pkcs11(${JSON.stringify(identity)});
          export default { profiles: { gate: { ...${JSON.stringify(profile)}, identity } } };`,
      },
    };
  };

  it.concurrent.each([
    ['a module that is not there', { module: '/nowhere.so' }, undefined, 'token', 'MODULE_NOT_LOADED', 0],
    ['a token that is locked', {}, 'locked', 'token', 'PIN_LOCKED', 0],
    ['a token with one try left', {}, 'final try', 'token', 'PIN_FINAL_TRY', 0],
    ['a key that is not there', { key: 'other' }, undefined, 'key', 'KEY_NOT_FOUND', 1],
  ] as const)('%s', async (_, options, state, check, code, logins) => {
    const { env, logins: counted } = await hsm.environment(state);
    const { cause, code: exit } = await runDoctorJson(aws, { ...setup(options), env });
    expect(cause).toMatchObject({ name: check, state: 'failed', code, advice: expect.stringMatching(/\w/) });
    expect(exit).toBe(6);
    expect(await counted()).toBe(logins);
  });

  it('that works is fine, with one login', async () => {
    const { env, logins } = await hsm.environment();
    const examined = await runDoctorJson(aws, { ...setup(), env });
    expectHealthy(examined);
    expect(examined.results.find(({ name }) => name === 'package')?.found).toMatch(/@brs\/iot-x509 .*, @brs\/pkcs11 /);
    expect(examined.code).toBe(0);
    expect(await logins()).toBe(1);
  });

  it('that is written down is looked at in the same way, its counter first', async () => {
    const written = (typed: string): Case => {
      const { host: endpoint, port, ca } = aws.credentialProvider;
      const identity = { pkcs11: { module: hsm.module, token: 'gate', key: 'device', pin: { fromFile: '~/pin' } } };
      const provider = { method: 'iot-x509', endpoint, port, ca: '~/ca.pem', roleAlias: 'device', region: 'us-east-1' };
      return {
        args: ['--profile', 'gate'],
        files: {
          'ca.pem': ca,
          pin: typed,
          'brs.config.json': JSON.stringify({ profiles: { gate: { ...provider, identity } } }),
        },
      };
    };
    const { env, logins } = await hsm.environment();
    const works = await runDoctorJson(aws, { ...written(pin), env });
    expectHealthy(works);
    expect(works.results.find(({ name }) => name === 'package')?.found).toContain('@brs/pkcs11 ');
    expect(await logins()).toBe(1);
    const locked = await hsm.environment('final try');
    const kept = await runDoctorJson(aws, { ...written(planted.wrongPin), env: locked.env });
    expect(kept.cause).toMatchObject({ name: 'token', code: 'PIN_FINAL_TRY' });
    expect(await locked.logins()).toBe(0);
  });

  it('with a wrong PIN gets it once; the next run keeps it, unless it is told to risk it', async () => {
    const { env, logins } = await hsm.environment();
    const wrong = { ...setup({ pin: planted.wrongPin }), env };
    expect((await runDoctorJson(aws, wrong)).cause).toMatchObject({ name: 'key', code: 'PIN_INCORRECT' });
    expect(await logins()).toBe(1);
    expect((await runDoctorJson(aws, wrong)).cause).toMatchObject({ name: 'token', code: 'PIN_COUNT_LOW' });
    expect(await logins()).toBe(1);
    const right = await runDoctorJson(aws, { ...setup(), args: ['--profile', 'gate', '--risk-pin'], env });
    expect(right.cause).toMatchObject({ name: 'token', state: 'warning' });
    expect(right.code).toBe(0);
    expect(await logins()).toBe(2);
  });
});
