/** A port for a program that cannot choose one itself. */
import { once } from 'node:events';
import { createServer } from 'node:net';

/** Below those that a system gives to whoever asks for any port: nobody comes in between before the program has it. */
const [first, last] = [12_000, 32_000];

/** A port on 127.0.0.1 that nobody uses, or the first of so many beside each other. */
export async function freePort(count = 1): Promise<number> {
  for (;;) {
    const port = first + Math.floor(Math.random() * (last - first));
    const all = await Promise.all(Array.from({ length: count }, (_, index) => isFree(port + index)));
    if (all.every(Boolean)) return port;
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') return false;
    throw error;
  }
  server.close();
  await once(server, 'close');
  return true;
}
