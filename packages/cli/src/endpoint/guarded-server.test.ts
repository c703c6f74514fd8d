import * as http from 'node:http';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type GuardedServer, type Handler, listen } from './guarded-server.js';

let server: GuardedServer | undefined;
let told: string[];
beforeEach(() => {
  told = [];
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    told.push(String(text));
    return true;
  });
});
afterEach(async () => {
  vi.restoreAllMocks();
  await server?.close();
});

describe('an endpoint', () => {
  it('says once what went wrong while it answered, and does not say it to consumers', async () => {
    server = await listen((request, response) => {
      if (request.url === '/half') response.writeHead(200, { 'content-length': 5 }).write('a');
      throw new TypeError('/etc/device.pem has gone');
    });
    const ask = (path: string) => fetch(`${server?.origin}${path}`);
    for (let asked = 0; asked < 2; asked++) {
      const answer = await ask('/');
      expect([answer.status, await answer.json()]).toEqual([
        500,
        { code: 'InternalError', message: 'an error of this program' },
      ]);
    }
    await expect(ask('/half').then((answer) => answer.text())).rejects.toThrow(TypeError);
    expect(told).toEqual(['brs: A request could not be answered: /etc/device.pem has gone.\n']);
  });

  it('goes on where a connection could not be accepted', async () => {
    const made = vi.spyOn(http.Server.prototype, 'listen');
    const good: Handler = (_, response) => {
      response.end();
      return 'answered';
    };
    server = await listen(good);
    const refused = Object.assign(new Error('accept ENOBUFS'), { code: 'ENOBUFS' });
    const inner = made.mock.contexts[0] as http.Server;
    inner.emit('error', refused);
    inner.emit('error', refused);
    expect((await fetch(server.origin)).status).toBe(200);
    expect(told).toEqual(['brs: A connection failed: accept ENOBUFS.\n']);
  });
});
