/** A body that never ends: for clients that must bound how long they wait and how much they keep. */
import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';

/** Writes until the client has gone away: one byte every so many milliseconds, or as fast as the client takes it. */
export async function writeForever(response: ServerResponse, everyMs: number | undefined): Promise<void> {
  response.flushHeaders();
  // The end of the connection is the only end that there is.
  await pipeline(Readable.from(everyMs === undefined ? flood() : drip(everyMs)), response).catch(() => undefined);
}

async function* drip(everyMs: number): AsyncGenerator<Buffer> {
  for (;;) {
    yield Buffer.from(' ');
    await delay(everyMs, undefined, { ref: false });
  }
}

function* flood(): Generator<Buffer> {
  const blanks = Buffer.alloc(16_384, ' ');
  for (;;) yield blanks;
}
