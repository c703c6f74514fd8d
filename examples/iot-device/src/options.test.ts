import { describe, expect, test } from 'vitest';
import { readOptions, UsageError } from './options.js';

const own = (
  '--endpoint c2x.credentials.iot.eu-west-1.amazonaws.com --data-endpoint a2x-ats.iot.eu-west-1.amazonaws.com ' +
  '--role-alias device --certificate device.pem --region eu-west-1'
).split(' ');

test('without options it runs on loopback for twenty seconds', () => {
  expect(readOptions([], {})).toEqual({ help: false, json: false, seconds: 20 });
});

test('reads a device with its key in a file', () => {
  expect(readOptions([...own, '--private-key', 'key.pem', '--json'], {})).toMatchObject({
    json: true,
    own: {
      roleAlias: 'device',
      region: 'eu-west-1',
      topic: 'brs/iot-device',
      key: { kind: 'pem', privateKey: 'key.pem' },
    },
  });
});

test('reads a device with its key in a token', () => {
  const inToken = ['--module', '/usr/lib/hsm.so', '--token', 'gateway', '--key', 'device', '--pin-file', 'pin'];
  expect(readOptions([...own, ...inToken], {}).own?.key).toEqual({
    kind: 'hsm',
    module: '/usr/lib/hsm.so',
    token: 'gateway',
    key: 'device',
    pinFile: 'pin',
  });
});

describe('refuses', () => {
  test.each([
    [['--fast'], "Unknown option '--fast'"],
    [['--seconds', '9'], '--seconds must be a number from 10 to 3600'],
    [['--seconds', ''], '--seconds must be a number from 10 to 3600'],
    [['--endpoint', 'x', '--region', 'eu-west-1'], '--data-endpoint is needed for a device of your own'],
    [own, '--private-key is needed unless the key is in a token (--module, --token, --key)'],
    [[...own, '--token', 'gateway'], '--module is needed beside --token'],
    [[...own, '--private-key', 'key.pem', '--key', 'x'], '--private-key and --key exclude each other'],
    [own.slice(0, -2), '--region is needed, or AWS_REGION in the environment'],
  ])('%j', (args, message) => {
    expect(() => readOptions(args, {})).toThrow(new UsageError(message));
  });
});
