/** Many refreshes in one process, with a key in a file and a key in a token: nothing of it is left over. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describeWith } from '@brs-tests/support/describe-with';
import { pin, startSoftHsm } from '@brs-tests/support/soft-hsm';
import { type LocalAwsWithCredentialProvider, type LocalDevice, startLocalAws } from '@brs/testkit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeTokenDevice } from './support/token-device.js';

/** What a process has at one moment. */
interface Picture {
  readonly handles: readonly string[];
  readonly files: number;
  /** TLS contexts and TLS sockets of Node that are not collected. */
  readonly contexts: number;
  readonly sockets: number;
  /** What V8 knows of, in bytes. */
  readonly heap: number;
  /** All of it, in bytes. */
  readonly resident: number;
}

const hsm = await startSoftHsm('gateway');
const roleArn = 'arn:aws:iam::123456789012:role/device';

let aws: LocalAwsWithCredentialProvider;
let lamp: LocalDevice;
beforeAll(async () => {
  aws = await startLocalAws({ credentialProvider: { roleAliases: [{ roleAlias: 'device', roleArn }] } });
  lamp = await aws.credentialProvider.createDevice();
});
afterAll(async () => {
  await aws.close();
  await hsm?.[Symbol.asyncDispose]();
});

const program = `
import { readdirSync } from 'node:fs';
import { SecureContext, TLSSocket } from 'node:tls';
import { queryObjects } from 'node:v8';
import { setTimeout } from 'node:timers/promises';
import { RefreshableSession } from '@brs/core';
import '@brs/iot-x509';
const { options, token } = JSON.parse(process.env.BRS_TEST);
if (token) options.identity = (await import('@brs/pkcs11')).pkcs11(token);
const session = new RefreshableSession({ method: 'iot-x509', deferRefresh: false, ...options });
async function measure() {
  // Whatever was closed last is let go in a later turn.
  await setTimeout(100);
  const [contexts, sockets] = [SecureContext, TLSSocket].map((type) => queryObjects(type, { format: 'count' }));
  globalThis.gc();
  const { heapUsed, external, rss } = process.memoryUsage();
  const files = process.platform === 'linux' ? readdirSync('/proc/self/fd').length : 0;
  return { handles: process.getActiveResourcesInfo().filter((name) => name !== 'Immediate').sort(), files, contexts, sockets, heap: heapUsed + external, resident: rss };
}
async function refresh() {
  const ids = new Set();
  for (let round = 0; round < 50; round++) ids.add((await session.refresh()).accessKeyId);
  if (ids.size !== 50) throw new Error('There were ' + ids.size + ' sets.');
}
await refresh();
await refresh();
const before = await measure();
await refresh();
const after = await measure();
for (let more = 0; more < 5; more++) await refresh();
const later = await measure();
await session.close();
options.identity?.close();
console.log(JSON.stringify([before, after, later]));`;

/** Runs it in a process of its own, in which nothing else comes and goes. */
async function picturesOf(device: object, token?: object): Promise<[before: Picture, after: Picture, later: Picture]> {
  const { host: endpoint, port, ca } = aws.credentialProvider;
  const options = { endpoint, port, ca, roleAlias: 'device', ...device };
  const { stdout, stderr } = await promisify(execFile)(
    process.execPath,
    ['--expose-gc', '--input-type=module', '-e', program],
    {
      cwd: import.meta.dirname,
      env: { ...process.env, NODE_NO_WARNINGS: '1', BRS_TEST: JSON.stringify({ options, token }) },
    },
  );
  expect(stderr).toBe('');
  return JSON.parse(stdout) as [Picture, Picture, Picture];
}

/**
 * Fifty and three hundred refreshes later there are no more handles, files, sockets and contexts, and no more memory than
 * `bytesEach` for a refresh. V8 compiles what runs often, which is some of it.
 */
function expectNoGrowth([before, ...after]: readonly [Picture, ...Picture[]], bytesEach: number): void {
  const counted = ({ handles, files, contexts, sockets }: Picture) => ({ handles, files, contexts, sockets });
  for (const picture of after) expect(counted(picture)).toEqual(counted(before));
  const later = after.at(-1)!;
  expect(later.heap - before.heap).toBeLessThan(300 * bytesEach);
  expect(later.resident - before.resident).toBeLessThan(20_000_000);
}

it('fifty refreshes with a key in a file, and more', async () => {
  const { full } = aws.credentialProvider.handshakes;
  const { certificate, privateKey } = lamp;
  expectNoGrowth(await picturesOf({ certificate, privateKey }), 1000);
  // A context or an agent made anew would have to shake hands.
  expect(aws.credentialProvider.handshakes.full - full).toBe(1);
});

describeWith('with SoftHSM', hsm, ({ module }) => {
  it('fifty refreshes with a key in a token, and more', async () => {
    const where = { module, token: 'gateway', pin };
    await makeTokenDevice(aws.credentialProvider, where, 'gateway');
    const { full } = aws.credentialProvider.handshakes;
    // aws-crt 1.33 keeps the callback of every connection that it hands out: up to 2 kB for each refresh.
    expectNoGrowth(await picturesOf({}, { ...where, key: 'gateway' }), 4000);
    expect(aws.credentialProvider.handshakes.full - full).toBe(1);
  });
});
