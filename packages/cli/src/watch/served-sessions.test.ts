import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
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
