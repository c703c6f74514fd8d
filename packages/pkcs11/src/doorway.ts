/**
 * A socket of this process that one connection of the CRT comes in by: in a directory of this user alone, or on loopback where
 * no directory can be made.
 */
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Doorway {
  /** What the CRT connects to: a path, which has no port, or an address with one. */
  readonly address: string;
  readonly port: number | undefined;
  /**
   * Whoever came in, as soon as they have said something, which is still to be read. It closes behind them. aws-crt 1.33 writes to
   * memory that it has freed when a path leads to a connection that is closed before it has set up its own side: that it says
   * something is the sign that it has.
   */
  readonly entered: Promise<Socket>;
  /** For when nobody comes. */
  close(): void;
}

/** The longest path of a socket on Linux. */
const maxPathBytes = 107;

export async function openDoorway(): Promise<Doorway> {
  return inOwnDirectory() ?? onLoopback();
}

function inOwnDirectory(): Doorway | undefined {
  const directory = makeDirectory();
  if (directory === undefined) return undefined;
  const address = join(directory, 'crt');
  const server = createServer();
  // Closing the server removes its path.
  const close = (): void => {
    if (server.listening) server.close();
    // Who tidies up temporary files may have been here before.
    rmSync(directory, { recursive: true, force: true });
  };
  if (Buffer.byteLength(address) <= maxPathBytes) server.on('error', () => undefined).listen(address);
  if (server.listening) return doorway(server, address, undefined, close);
  close();
  return undefined;
}

/** With mode 0700. Where the disk is read-only or full there is none. */
function makeDirectory(): string | undefined {
  try {
    return mkdtempSync(join(tmpdir(), 'brs-'));
  } catch {
    return undefined;
  }
}

/** Somebody else on this machine can come in first, and then speaks to the server without a key: the CRT finds it closed. */
async function onLoopback(): Promise<Doorway> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { address, port } = server.address() as AddressInfo;
  return doorway(server, address, port, () => server.close());
}

function doorway(server: Server, address: string, port: number | undefined, closeNow: () => void): Doorway {
  let isOpen = true;
  const close = (): void => {
    if (isOpen) closeNow();
    isOpen = false;
  };
  const entered = new Promise<Socket>((resolve) => {
    server.unref().once('connection', (socket) => {
      close();
      socket.unref().once('readable', () => resolve(socket));
      // A close follows.
      socket.on('error', () => undefined);
    });
  });
  return { address, port, entered, close };
}
