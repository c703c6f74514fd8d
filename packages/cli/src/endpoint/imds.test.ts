import { defineStrategy, RefreshableSession } from '@brs/core';
import { afterEach, expect, it } from 'vitest';
import { type GuardedServer, listen } from './guarded-server.js';
import { imdsHandler } from './imds.js';

const set = { accessKeyId: 'ASIA', secretAccessKey: 'secret', sessionToken: 'token' };
const strategy = defineStrategy({ name: 'toy', acquire: () => Promise.resolve(set) });
let server: GuardedServer | undefined;
afterEach(() => server?.close());

it('a session of the instance metadata that cannot be opened is one without a set, until it can', async () => {
  let isThere = false;
  const open = (): RefreshableSession => {
    if (!isThere) throw new Error('/etc/device.pem has gone');
    return new RefreshableSession({ strategy });
  };
  server = await listen(imdsHandler({ role: 'one', open }));
  const ask = (path: string, init: RequestInit) => fetch(`${server?.origin}/latest/${path}`, init);
  const ttl = { 'x-aws-ec2-metadata-token-ttl-seconds': '60' };
  const token = await (await ask('api/token', { method: 'PUT', headers: ttl })).text();
  const askSet = () =>
    ask('meta-data/iam/security-credentials/one', { headers: { 'x-aws-ec2-metadata-token': token } });
  const refused = await askSet();
  expect([refused.status, await refused.text()]).toEqual([503, expect.not.stringContaining('device')]);
  isThere = true;
  expect(await (await askSet()).json()).toMatchObject({ Code: 'Success', AccessKeyId: 'ASIA' });
});
