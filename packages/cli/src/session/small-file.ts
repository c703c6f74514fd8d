/** Reads files that hold one value each. */
import { createReadStream } from 'node:fs';
import { buffer } from 'node:stream/consumers';

const mostBytes = 1 << 20;

/**
 * The text of a file. Of one that is larger than such files are, `/dev/zero` for instance, no more is read than it takes to
 * know that.
 *
 * @throws what reading throws; an error with the code `EFBIG` for a file of more than 1 MiB.
 */
export async function readSmallFile(path: string): Promise<string> {
  const bytes = await buffer(createReadStream(path, { end: mostBytes }));
  if (bytes.length <= mostBytes) return bytes.toString();
  throw Object.assign(new Error(`${path} is larger than 1 MiB.`), { code: 'EFBIG' });
}
