/**
 * Closes what is open when the process ends. The CRT would wait for its connections then, for ever, and a handshake on its
 * thread would use a PKCS#11 module that is being unloaded.
 */

/** A connection of the CRT. */
export interface Endable {
  readonly isConnecting: boolean;
  end(): void;
}

/** How long a process that ends waits for a handshake under way. */
const handshakeMs = 500;

const open = new Set<Endable>();
let listening = false;

export function closeAtExit(link: Endable): void {
  if (!listening) process.once('exit', closeAll);
  listening = true;
  open.add(link);
}

export function isClosed(link: Endable): void {
  open.delete(link);
}

function closeAll(): void {
  const links = [...open];
  const isConnecting = links.some((link) => link.isConnecting);
  for (const link of links) link.end();
  if (isConnecting) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, handshakeMs);
}
