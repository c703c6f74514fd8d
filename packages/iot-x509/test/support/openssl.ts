/** OpenSSL's own program: an independent TLS server, and the writer of most PKCS#12 stores there are. */
import { execFile, spawn } from 'node:child_process';
import { type AddressInfo, createServer } from 'node:net';
import { promisify } from 'node:util';
import { once } from 'node:events';

const run = promisify(execFile);

/**
 * Runs `openssl` and gives its standard output.
 *
 * @throws Error that says what to install where it is missing.
 */
export async function openssl(...args: string[]): Promise<string> {
  try {
    return (await run('openssl', args)).stdout;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new Error('openssl is missing. Install it: apt-get install openssl', { cause: error });
  }
}

/** Starts `openssl s_server`, which verifies client certificates within the handshake and refuses them with an alert. */
export async function opensslServer(...args: string[]): Promise<AsyncDisposable & { readonly port: number }> {
  await openssl('version');
  const port = await freePort();
  const server = spawn('openssl', ['s_server', '-accept', `127.0.0.1:${port}`, '-www', ...args], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  // It prints this when it listens.
  for await (const chunk of server.stdout) if (String(chunk).includes('ACCEPT')) break;
  return {
    port,
    async [Symbol.asyncDispose]() {
      server.kill('SIGKILL');
      if (server.exitCode === null) await once(server, 'exit');
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
