import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmdirSync } from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { Link } from './link.js';
import type { Crt } from './native.js';

it('leaves neither a connection nor a directory behind when it cannot begin', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'brs-link-test-'));
  vi.stubEnv('TMPDIR', folder);
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const connected = once(server, 'connection');
  class TlsConnectionOptions {
    constructor() {
      throw new Error('no such options');
    }
  }
  const crt = { io: { TlsConnectionOptions } } as unknown as Crt;
  const { port } = server.address() as AddressInfo;
  const destination = { host: '127.0.0.1', port, proxy: undefined };
  const opening = Link.open(crt, destination, {} as never, new AbortController().signal);
  await expect(opening).rejects.toThrow('no such options');
  const [socket] = (await connected) as [Socket];
  await once(socket.resume(), 'close');
  expect(readdirSync(folder)).toEqual([]);
  server.close();
  rmdirSync(folder);
});
