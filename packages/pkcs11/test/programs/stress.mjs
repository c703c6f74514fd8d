/**
 * Sends requests one after the other, in several rows, to an unreliable server in this process and to one in another, for as long
 * as it is told to, and prints how they ended. That it comes to that is the result: a request on a connection that the CRT knows to
 * be closing would end it with a signal. It is to be killed then, since the CRT takes half a minute for some handshakes that failed. Run with `--expose-gc`, because memory that is freed twice is often found by the collector.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { pkcs11, Pkcs11Error } from '../../dist/index.js';
import { startUnreliableServer } from './unreliable-server.mjs';

const { seconds, identity: options, server, ca } = JSON.parse(process.env.STRESS);
const rows = 6;

const program = fileURLToPath(new URL('unreliable-server.mjs', import.meta.url));
const other = spawn(process.execPath, [program, JSON.stringify(server)], { stdio: ['pipe', 'pipe', 'inherit'] });
const [otherPort] = await once(other.stdout, 'data');
const ports = [await startUnreliableServer(server), Number(otherPort)];

const identity = pkcs11(options);
const outcomes = {};
const count = (name) => (outcomes[name] = (outcomes[name] ?? 0) + 1);

async function ask(port, method) {
  const controller = new AbortController();
  const isImpatient = Math.random() < 0.03;
  if (isImpatient) setTimeout(() => controller.abort(), Math.random() * 20);
  try {
    const { status } = await identity.request({
      host: 'localhost',
      port,
      ca,
      method,
      path: '/',
      timeoutMs: 1000,
      maxBodyBytes: 100_000,
      signal: controller.signal,
    });
    count(status);
  } catch (error) {
    if (isImpatient && error === controller.signal.reason) count('aborted');
    else if (error instanceof Pkcs11Error) count(error.code);
    else throw error;
  }
}

const until = performance.now() + seconds * 1000;
/** On a busy machine it goes on until something has happened. */
const isEnough = () => performance.now() > until && outcomes[200] >= 20 && outcomes.CONNECTION_FAILED >= 5;
setInterval(() => globalThis.gc(), 200);
setInterval(() => identity.close(), 700);
await Promise.all(
  Array.from({ length: rows }, async (_, row) => {
    while (!isEnough()) await ask(ports[row % ports.length], row === 0 ? 'POST' : 'GET');
  }),
);
identity.close();
globalThis.gc();
console.log(JSON.stringify(outcomes));
