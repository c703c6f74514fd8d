/**
 * Closes what is open when the process ends. The CRT would wait for its connections then, for ever, and a handshake on its
 * thread would use a PKCS#11 module that is being unloaded.
 */

/** What has connections. */
export interface Abandonable {
  readonly connecting: boolean;
  abandon(): void;
}

/** How long a process that ends waits for a handshake under way. */
const handshakeMs = 500;

const open = new Set<Abandonable>();
let listening = false;

export function closeAtExit(pool: Abandonable): void {
  if (!listening) process.once('exit', closeAll);
  listening = true;
  open.add(pool);
}

export function isClosed(pool: Abandonable): void {
  open.delete(pool);
}

function closeAll(): void {
  const pools = [...open];
  if (pools.some(({ connecting }) => connecting)) {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, handshakeMs);
  }
  for (const pool of pools) pool.abandon();
}
