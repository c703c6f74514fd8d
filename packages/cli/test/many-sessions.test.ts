/** Many sessions in one `brs serve`, by the script that measures ten thousand of them. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const script = fileURLToPath(new URL('../../../scripts/many-sessions.mjs', import.meta.url));

describe.skipIf(process.platform !== 'linux')('many sessions', () => {
  it('all get a set, with one call each, and are all served', async () => {
    // More than are fetched at a time.
    const { stdout } = await promisify(execFile)(process.execPath, [script, '70', '0']);
    expect(stdout).toMatch(/^calls of STS for that +70, refused 0$/m);
    expect(stdout).toMatch(/^endpoint meanwhile +\d+ requests, all good$/m);
  });
});
