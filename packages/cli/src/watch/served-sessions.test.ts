import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { watchServe } from './served-sessions.js';
import { writeStatusAddress } from './status-file.js';

it.each(['{}', 'null', '{"rows":[]}', 'no JSON'])('is nobody who answers with %s', async (answer) => {
  const server = createServer((_, response) => response.end(answer));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const folder = await mkdtemp(join(tmpdir(), 'brs-watch-'));
  try {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/status`;
    await writeStatusAddress(folder, { url, token: 'any' });
    await expect(watchServe(folder, {})).rejects.toThrow('No brs serve answers');
  } finally {
    server.closeAllConnections();
    server.close();
    await rm(folder, { recursive: true });
  }
});

it('asks all that it has found at once, so that none waits for another', async () => {
  const waiting: ServerResponse[] = [];
  const server = createServer((_, response) => {
    // Whoever is asked answers when the other has been asked, too.
    if (waiting.push(response) === 2) for (const each of waiting) each.end('{"rows":[],"events":[],"counts":{}}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const folder = await mkdtemp(join(tmpdir(), 'brs-watch-'));
  for (const name of ['TMPDIR', 'TEMP']) vi.stubEnv(name, folder);
  try {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/status`;
    for (const token of ['one', 'two']) {
      const place = join(folder, `brs-serve-${token}`);
      await mkdir(place);
      await writeStatusAddress(place, { url, token });
    }
    await expect(watchServe(undefined, {})).rejects.toThrow('Several brs serve are running');
  } finally {
    vi.unstubAllEnvs();
    server.closeAllConnections();
    server.close();
    await rm(folder, { recursive: true });
  }
});
