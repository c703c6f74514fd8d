/** Many sessions in one `brs serve`, by the script that measures ten thousand of them. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const script = fileURLToPath(new URL('../../../scripts/many-sessions.mjs', import.meta.url));

describe.skipIf(process.platform !== 'linux')('many sessions', () => {
  it('all get a set, with one call each, and are all served', async () => {
    // More than are fetched at a time.
    const { stdout } = await promisify(execFile)(process.execPath, [script, '70', '0'], { timeout: 55_000 });
    expect(stdout).toMatch(/^calls of STS for that +70, refused 0$/m);
    expect(stdout).toMatch(/^endpoint meanwhile +\d+ requests, all good$/m);
  });

  it('leave no process behind that has been ended', async () => {
    const measuring = spawn(process.execPath, [script, '1', '900'], { stdio: ['ignore', 'ignore', 'pipe'] });
    let told = '';
    measuring.stderr.setEncoding('utf8').on('data', (part: string) => (told += part));
    const children = () =>
      readFileSync(`/proc/${measuring.pid}/task/${measuring.pid}/children`, 'utf8').trim().split(' ');
    // The STS and the sessions.
    await expect.poll(() => children().length, { timeout: 20_000 }).toBe(2);
    const started = children();
    measuring.kill();
    expect(await once(measuring, 'close')).toEqual([1, null]);
    expect(told).toBe('Ended by SIGTERM.\n');
    expect(started.filter((pid) => existsSync(`/proc/${pid}`))).toEqual([]);
  });
});
