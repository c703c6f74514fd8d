import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { resolveValues } from './values.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'brs-values-'));
  await writeFile(join(folder, 'secret'), 'planted-secret\n');
});
afterAll(() => rm(folder, { recursive: true }));

const resolve = (options: Record<string, unknown>) =>
  resolveValues(options, { NAME: 'from-env', PATH: process.env.PATH });

describe('a value that stands elsewhere', () => {
  it('takes its place, at any depth, and all else stays what it is', async () => {
    const source = (): string => 'a function';
    const given = {
      pin: { fromFile: join(folder, 'secret') },
      chain: [{ RoleArn: 'arn', ExternalId: { fromEnv: 'NAME' } }],
      deep: { er: { fromCommand: ['printf', '%s\n', 'two words'] } },
      source,
    };
    expect(await resolve(given)).toEqual({
      pin: 'planted-secret',
      chain: [{ RoleArn: 'arn', ExternalId: 'from-env' }],
      deep: { er: 'two words' },
      source,
    });
    expect(given.pin).toEqual({ fromFile: join(folder, 'secret') });
  });

  it('is read at every refresh, where its package asks each time', async () => {
    const { web } = (await resolve({ web: { WebIdentityToken: { fromFile: join(folder, 'secret') } } })) as {
      web: { WebIdentityToken: () => Promise<string> };
    };
    expect(await web.WebIdentityToken()).toBe('planted-secret');
  });

  it.each([
    [{ pin: { fromEnv: 'NONE' } }, 'Option `pin` refers to the environment variable NONE, which is not set.'],
    [{ pin: { fromFile: '/nonexistent' } }, 'Option `pin` refers to the file /nonexistent, which cannot be read.'],
    [{ pin: { fromFile: 5 } }, 'Option `pin` has a `fromFile` that is not a non-empty string.'],
    [{ pin: { fromEnv: 'NAME', fromFile: 'x' } }, 'Option `pin` must hold one of'],
    [{ a: [{ fromCommand: 'id' }] }, 'Option `a.0` has a `fromCommand` that is not an array of strings'],
    [
      { pin: { fromCommand: ['sh', '-c', 'echo planted-secret; exit 3'] } },
      'Option `pin` refers to a command that failed (3).',
    ],
    [{ pin: { fromCommand: ['sh', '-c', 'kill -9 $$'] } }, 'Option `pin` refers to a command that failed (SIGKILL).'],
  ])('%j is refused', (options, message) => expect(resolve(options)).rejects.toThrow(message));

  it.skipIf(process.platform === 'win32')('is not read from a file that has no end', () =>
    expect(resolve({ pin: { fromFile: '/dev/zero' } })).rejects.toThrow(
      'Option `pin` refers to the file /dev/zero, which is larger than 1 MiB.',
    ),
  );

  it('is read whole from the largest file that can hold one', async () => {
    const file = join(folder, 'large');
    await writeFile(file, 'x'.repeat(1 << 20));
    expect(String((await resolve({ pin: { fromFile: file } })).pin)).toHaveLength(1 << 20);
    await writeFile(file, 'x', { flag: 'a' });
    await expect(resolve({ pin: { fromFile: file } })).rejects.toThrow('larger than 1 MiB');
  });

  it('is in no error, whatever a command prints', async () => {
    const error: unknown = await resolve({
      pin: { fromCommand: ['sh', '-c', 'echo planted-secret >&2; exit 3'] },
    }).catch((thrown: unknown) => thrown);
    expect(JSON.stringify([String(error), (error as Error).cause ?? null])).not.toContain('planted-secret');
  });
});
