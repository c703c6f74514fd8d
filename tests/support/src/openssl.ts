/** OpenSSL's own program: an independent TLS server, and the writer of most PKCS#12 stores there are. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';
import { debianProgram } from './debian.js';
import { freePort } from './free-port.js';

const program = await debianProgram('openssl', 'openssl');

/**
 * Runs `openssl` and gives its standard output.
 *
 * @throws Error that says what to install where it is missing.
 */
export async function openssl(...args: string[]): Promise<string> {
  if (program === undefined) throw new Error('openssl is missing. Install it: apt-get install openssl');
  return (await promisify(execFile)(program, args)).stdout;
}

/** Starts `openssl s_server`, which verifies client certificates within the handshake and refuses them with an alert. */
export async function opensslServer(...args: string[]): Promise<AsyncDisposable & { readonly port: number }> {
  await openssl('version');
  const port = await freePort();
  const server = spawn(program as string, ['s_server', '-accept', `127.0.0.1:${port}`, '-www', ...args], {
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
