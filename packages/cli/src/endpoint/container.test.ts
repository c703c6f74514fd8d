import { defineStrategy, RefreshableSession } from '@brs/core';
import { afterEach, describe, expect, it } from 'vitest';
import { containerHandler, containerPath, ContainerRoute } from './container.js';
import { type GuardedServer, listen } from './guarded-server.js';

const set = { accessKeyId: 'ASIA', secretAccessKey: 'secret', sessionToken: 'token' };
const strategy = defineStrategy({ name: 'scripted', acquire: () => Promise.resolve(set) });
let server: GuardedServer | undefined;
afterEach(() => server?.close());

describe('a session of the container endpoint', () => {
  it('is opened once, by the first who asks with its token', async () => {
    const token = 't'.repeat(43);
    let opened = 0;
    const open = (): RefreshableSession => {
      opened++;
      return new RefreshableSession({ strategy });
    };
    server = await listen(containerHandler([new ContainerRoute({ name: 'one', token, open })]));
    const ask = async (path: string, authorization: string): Promise<number> =>
      (await fetch(`${server?.origin}${path}`, { headers: { authorization } })).status;
    expect(await ask('/ready', token)).toBe(503);
    expect(await ask(containerPath('one'), 'x'.repeat(43))).toBe(401);
    // Where nobody is watched there is no such path.
    expect(await ask('/status', token)).toBe(404);
    expect(opened).toBe(0);
    expect(await ask(containerPath('one'), token)).toBe(200);
    expect(await ask(containerPath('one'), token)).toBe(200);
    expect(await ask('/ready', token)).toBe(200);
    expect(opened).toBe(1);
  });

  it('that cannot be opened is one without a set, until it can', async () => {
    const token = 't'.repeat(43);
    let isThere = false;
    const open = (): RefreshableSession => {
      if (!isThere) throw new Error('/etc/device.pem has gone');
      return new RefreshableSession({ strategy });
    };
    server = await listen(containerHandler([new ContainerRoute({ name: 'one', token, open })]));
    const ask = () => fetch(`${server?.origin}${containerPath('one')}`, { headers: { authorization: token } });
    const refused = await ask();
    expect([refused.status, await refused.text()]).toEqual([503, expect.not.stringContaining('device')]);
    isThere = true;
    expect((await ask()).status).toBe(200);
  });
});
