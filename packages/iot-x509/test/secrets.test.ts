/** Plants secrets wherever one can go in, and searches everything that comes out. */
import { createPrivateKey } from 'node:crypto';
import { subscribe } from 'node:diagnostics_channel';
import { inspect } from 'node:util';
import { RefreshableSession, type SessionEventName } from '@brs/core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { pem } from '../src/index.js';
import { type Bench, startBench } from './support/device.js';

const planted = 'planted-passphrase';
const events: SessionEventName[] = [
  'refreshStarted',
  'refreshSucceeded',
  'refreshFailed',
  'servedStale',
  'invalidated',
  'notice',
  'closed',
];

let bench: Bench;
beforeAll(async () => {
  bench = await startBench();
});
afterAll(() => bench.close());

it('no error, event, log, JSON or stack has one', async () => {
  const seen: unknown[] = [];
  for (const name of events) subscribe(`brs:${name}`, (message) => seen.push(message));
  const { certificate, privateKey } = bench.device;
  const encrypted = createPrivateKey(privateKey).export({
    type: 'pkcs8',
    format: 'pem',
    cipher: 'aes-256-cbc',
    passphrase: planted,
  });
  const identity = pem({ certificate, privateKey: encrypted, passphrase: () => Promise.resolve(planted) });
  const session = new RefreshableSession({ method: 'iot-x509', ...bench.options({ identity, timeoutMs: 300 }) });
  seen.push(session, session.tlsIdentity, await identity.read());

  const credentials = await session.getCredentials();
  const secrets = [credentials.secretAccessKey, credentials.sessionToken, planted];
  secrets.push(...privateKey.split('\n').filter((line) => line && !line.startsWith('-')));
  secrets.push(
    ...String(encrypted)
      .split('\n')
      .filter((line) => line && !line.startsWith('-')),
  );
  seen.push(credentials, session.credentials);

  for (const kind of [
    'truncated',
    'cut-off',
    'garbage',
    'html',
    'redirect',
    'reset',
    'hang',
    'expired-answer',
  ] as const) {
    using _ = bench.aws.inject({ service: 'credential-provider', kind });
    seen.push(await session.refresh().catch((error: unknown) => error));
  }
  {
    const message = `refused: ${'x'.repeat(5000)}`;
    using _ = bench.aws.inject({ service: 'credential-provider', kind: 'error', status: 403, code: 'X', message });
    seen.push(await session.refresh().catch((error: unknown) => error));
  }
  await session.close();

  const all = seen
    .map(
      (one) =>
        `${inspect(one, { depth: 12, showHidden: true })} ${JSON.stringify(one)} ${one instanceof Error ? one.stack : ''}`,
    )
    .join('\n');
  expect(seen.length).toBeGreaterThan(30);
  expect(secrets.filter((secret) => all.includes(secret))).toEqual([]);
  // A message of the service is shortened.
  expect(all).not.toContain('x'.repeat(300));
});
