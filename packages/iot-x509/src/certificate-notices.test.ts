import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Bench, contextOf, startBench } from '../test/support/device.js';
import { certificateNotices } from './certificate-notices.js';
import { IotError } from './errors.js';

const day = 86_400_000;
const start = Date.UTC(2026, 0, 1);
let bench: Bench;
beforeAll(async () => {
  bench = await startBench();
});
afterAll(() => bench.close());

const lasting = async (days: number): Promise<string> =>
  (
    await bench.aws.credentialProvider.createDevice({
      notBefore: new Date(start),
      notAfter: new Date(start + days * day),
    })
  ).certificate;

function observer(identity: object = { kind: 'pem' }) {
  const context = contextOf();
  const observe = certificateNotices(identity as never, context);
  return {
    notices: context.notices,
    at: (certificate: string, days: number) => observe(certificate, start + days * day),
  };
}

describe('a certificate that ends', () => {
  it.each([
    [365, 334.9, 335.1],
    [30, 19.9, 20.1],
    [1, 0.66, 0.67],
  ])('after %d days is told in its last 30 days, or last third: not at %d, but at %d', async (days, before, after) => {
    const certificate = await lasting(days);
    const { notices, at } = observer();
    at(certificate, 0);
    at(certificate, before);
    expect(notices).toEqual([]);
    at(certificate, after);
    expect(notices).toEqual([
      {
        code: 'CERTIFICATE_EXPIRES_SOON',
        message: `The certificate is good until ${new Date(start + days * day).toISOString()}. Renew it.`,
      },
    ]);
  });

  it('is told once a day, also where the clock was set back', async () => {
    const certificate = await lasting(365);
    const { notices, at } = observer();
    for (let hour = 0; hour < 72; hour++) at(certificate, 340 + hour / 24);
    expect(notices).toHaveLength(3);
    at(certificate, 336);
    expect(notices).toHaveLength(4);
  });

  it('is not told of again when it was replaced, and has ended when it has', async () => {
    const [old, next] = [await lasting(365), await lasting(730)];
    const { notices, at } = observer();
    at(old, 366);
    at(next, 368);
    expect(notices.map(({ message }) => message)).toEqual([expect.stringContaining('is good until')]);
  });
});

it('files that are not in use are told once for each reason', async () => {
  const certificate = await lasting(365);
  const identity: { problem?: IotError | undefined } = {};
  const { notices, at } = observer(identity);
  const because = (message: string): void => {
    identity.problem = new IotError('IDENTITY_INVALID', message, { kind: 'recoverable' });
  };
  at(certificate, 0);
  because('They do not fit.');
  at(certificate, 1);
  because('They do not fit.');
  at(certificate, 2);
  because('It is gone.');
  at(certificate, 3);
  identity.problem = undefined;
  at(certificate, 4);
  because('It is gone.');
  at(certificate, 5);
  expect(notices.map(({ message }) => message)).toEqual([
    'The new certificate or key is not in use, the old pair is: They do not fit.',
    'The new certificate or key is not in use, the old pair is: It is gone.',
    'The new certificate or key is not in use, the old pair is: It is gone.',
  ]);
  expect(new Set(notices.map(({ code }) => code))).toEqual(new Set(['CERTIFICATE_NOT_REPLACED']));
});
