/** Multi-factor authentication against a server that refuses a code that it has seen. */
import { type LocalAws, startLocalAws } from '@brs/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type MfaTokenContext, totp } from '../src/index.js';
import { everythingShownOf, rejectionOf, roleArn, sessionOn } from './harness.js';

const secret = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP';
let device = 0;
let serialNumber: string;
let aws: LocalAws;
beforeEach(async () => {
  // Another device for each test: codes are remembered for the life of the process.
  serialNumber = `arn:aws:iam::123456789012:mfa/device-${++device}`;
  aws = await startLocalAws({ credentialLifetimeMs: 3_600_000, roles: [{ arn: roleArn, requireMfa: true }] });
});
afterEach(() => aws.close());

describe('a function', () => {
  it('is asked once, however many callers wait', async () => {
    aws.addMfaDevice({ serialNumber, codes: ['111111'] });
    const asked: MfaTokenContext[] = [];
    const token = async (context: MfaTokenContext): Promise<string> => {
      asked.push(context);
      return ' 111111\n';
    };
    await using session = sessionOn(aws, { assumeRole: { RoleArn: roleArn }, mfa: { serialNumber, token } });
    const sets = await Promise.all(Array.from({ length: 50 }, () => session.getCredentials()));
    expect(new Set(sets).size).toBe(1);
    expect(asked).toHaveLength(1);
    expect(asked[0]).toMatchObject({ serialNumber, time: expect.any(Date), signal: expect.any(AbortSignal) });
    expect(aws.count({ action: 'AssumeRole' })).toBe(1);
  });

  it('is asked anew for every refresh, and works for getSessionToken', async () => {
    const codes = ['111111', '222222', '333333'];
    aws.addMfaDevice({ serialNumber, codes: [...codes] });
    await using session = sessionOn(aws, {
      getSessionToken: {},
      mfa: { serialNumber, token: () => codes.shift() ?? '' },
    });
    await session.getCredentials();
    await session.refresh();
    await session.refresh();
    expect(codes).toEqual([]);
  });

  it('that gives a wrong code is refused for good, with a hint at the device and without the code', async () => {
    aws.addMfaDevice({ serialNumber, codes: ['111111'] });
    let asked = 0;
    const token = (): string => (asked++, '987654');
    await using session = sessionOn(aws, { assumeRole: { RoleArn: roleArn }, mfa: { serialNumber, token } });
    const error = await rejectionOf(session.getCredentials());
    expect(error).toMatchObject({ code: 'CREDENTIALS_DENIED', cause: { code: 'AccessDenied' } });
    expect(error.hint).toContain('mfa.serialNumber');
    await rejectionOf(session.getCredentials());
    expect(asked).toBe(1);
    expect(everythingShownOf(error)).not.toContain('987654');
  });

  it('that gives something else than six digits reaches no server, and is not shown', async () => {
    for (const answer of ['12345', 'my-pin-4711', '', 123456.5 as never, undefined as never]) {
      await using session = sessionOn(aws, {
        assumeRole: { RoleArn: roleArn },
        mfa: { serialNumber, token: () => answer },
      });
      const error = await rejectionOf(session.getCredentials());
      expect(error).toMatchObject({ code: 'CREDENTIALS_DENIED', cause: { code: 'MfaCodeInvalid' } });
      if (answer) expect(everythingShownOf(error)).not.toContain(String(answer));
    }
    expect(aws.count({ service: 'sts' })).toBe(0);
  });

  it('that fails may be asked again', async () => {
    const token = (): never => {
      throw new Error('The prompt was cancelled.');
    };
    await using session = sessionOn(aws, { assumeRole: { RoleArn: roleArn }, mfa: { serialNumber, token } });
    expect(await rejectionOf(session.getCredentials())).toMatchObject({
      code: 'REFRESH_FAILED',
      cause: { code: 'RequestNotMade', cause: { message: 'The prompt was cancelled.' } },
    });
  });

  it('is told when the refresh has reached its deadline; a code that comes later is not used up', async () => {
    aws.addMfaDevice({ serialNumber, codes: ['444444'] });
    const { promise: typed, resolve: type } = withResolvers<string>();
    const ended: unknown[] = [];
    let asked = 0;
    const token = ({ signal }: MfaTokenContext): string | Promise<string> => {
      if (asked++) return '444444';
      signal.addEventListener('abort', () => ended.push(signal.reason));
      return typed;
    };
    await using session = sessionOn(
      aws,
      { assumeRole: { RoleArn: roleArn }, mfa: { serialNumber, token } },
      { refreshTimeoutMs: 20 },
    );
    const error = await rejectionOf(session.getCredentials());
    expect(error).toMatchObject({ code: 'REFRESH_FAILED', cause: { code: 'REFRESH_TIMEOUT' } });
    expect(error.hint).toContain('refreshTimeoutMs');
    expect(ended).toHaveLength(1);
    type('444444');
    await typed;
    expect(aws.count({ service: 'sts' })).toBe(0);
  });
});

describe('a code', () => {
  it('is not sent again after an answer that may pass: the next attempt has another', async () => {
    aws.addMfaDevice({ serialNumber, codes: ['111111', '222222'] });
    aws.inject({ action: 'AssumeRole', times: 1, kind: 'error', status: 500, code: 'InternalFailure' });
    const codes = ['111111', '222222'];
    await using session = sessionOn(aws, {
      assumeRole: { RoleArn: roleArn },
      mfa: { serialNumber, token: () => codes.shift() ?? '' },
    });
    await rejectionOf(session.getCredentials());
    expect(aws.count({ action: 'AssumeRole' })).toBe(1);
    await session.refresh();
    expect(aws.count({ action: 'AssumeRole' })).toBe(2);
  });

  it('is not sent twice by two sessions with one device', async () => {
    aws.addMfaDevice({ serialNumber, codes: ['555555', '666666'] });
    const mfa = {
      serialNumber,
      token: (
        (codes) => () =>
          codes.shift() ?? ''
      )(['555555', '666666', '666666', '666666', '666666']),
    };
    await using one = sessionOn(aws, { assumeRole: { RoleArn: roleArn }, mfa });
    await using two = sessionOn(aws, { assumeRole: { RoleArn: roleArn }, mfa });
    await Promise.all([one.getCredentials(), two.getCredentials()]);
    expect(aws.requests.map(({ status }) => status)).toEqual([200, 200]);
  });

  it('in AWS’s own spelling works once, and says what to use instead', async () => {
    aws.addMfaDevice({ serialNumber, codes: ['777777'] });
    await using session = sessionOn(aws, {
      assumeRole: { RoleArn: roleArn, SerialNumber: serialNumber, TokenCode: '777777' },
    });
    await session.getCredentials();
    const error = await rejectionOf(session.refresh());
    expect(error).toMatchObject({ code: 'CREDENTIALS_DENIED', cause: { code: 'MfaCodeInvalid' } });
    expect(error.hint).toContain('`mfa.token` must give a new code');
    expect(aws.count({ action: 'AssumeRole' })).toBe(1);
  });
});

it('goes to the first hop of a chain', async () => {
  aws.addMfaDevice({ serialNumber, codes: ['111111'] });
  aws.putRole({ arn: `${roleArn}-2` });
  await using session = sessionOn(aws, {
    chain: [{ RoleArn: roleArn }, { RoleArn: `${roleArn}-2` }],
    mfa: { serialNumber, token: () => '111111' },
  });
  expect((await session.whoami()).arn).toContain('reader-2');
});

describe('a computed code', () => {
  it('is accepted', async () => {
    aws.addMfaDevice({ serialNumber, totpSecret: secret });
    await using session = sessionOn(aws, {
      assumeRole: { RoleArn: roleArn },
      mfa: { serialNumber, token: totp({ secret: async () => ' jbsw y3dp ehpk 3pxp jbswy3dpehpk3pxp\n' }) },
    });
    await expect(session.getCredentials()).resolves.toHaveProperty('accessKeyId');
  });

  it('is accepted although the clock of this machine is two hours off: the first answer tells the time', async () => {
    for (const clockOffsetMs of [7_200_000, -7_200_000]) {
      aws.clockOffsetMs = clockOffsetMs;
      const serial = `${serialNumber}${clockOffsetMs}`;
      aws.addMfaDevice({ serialNumber: serial, totpSecret: secret });
      await using session = sessionOn(aws, {
        assumeRole: { RoleArn: roleArn },
        mfa: { serialNumber: serial, token: totp({ secret: () => secret }) },
      });
      await expect(session.getCredentials()).resolves.toHaveProperty('accessKeyId');
    }
    expect(aws.requests.map(({ status }) => status)).toEqual([403, 200, 403, 200]);
  });

  it('does not show a secret that is not Base32', async () => {
    await using session = sessionOn(aws, {
      assumeRole: { RoleArn: roleArn },
      mfa: { serialNumber, token: totp({ secret: () => 'not!base!32' }) },
    });
    const error = await rejectionOf(session.getCredentials());
    expect(error).toMatchObject({ cause: { cause: { message: '`totp.secret` must give a Base32 string.' } } });
    expect(everythingShownOf(error)).not.toContain('not!base');
  });
});

function withResolvers<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve!: (value: T) => void;
  const promise = new Promise<T>((settle) => (resolve = settle));
  return { promise, resolve };
}
