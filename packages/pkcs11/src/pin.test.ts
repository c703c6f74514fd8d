import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { pinSource } from './pin.js';
import type { Token } from './tokens.js';

const token = { label: 'gate' } as Token;
let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'brs-pin-'));
});
afterAll(() => rm(directory, { recursive: true }));

describe('pinSource', () => {
  it('gives a value, a variable, and nothing where there is none', async () => {
    vi.stubEnv('BRS_TEST_PIN', '4321');
    expect(await pinSource('1234')(token)).toBe('1234');
    expect(await pinSource({ env: 'BRS_TEST_PIN' })(token)).toBe('4321');
    expect(await pinSource(undefined)(token)).toBeUndefined();
  });

  it('reads the first line of a file each time', async () => {
    const file = join(directory, 'pin');
    const source = pinSource({ file });
    await writeFile(file, '1234\r\nsecond line\n');
    expect(await source(token)).toBe('1234');
    await writeFile(file, '4321');
    expect(await source(token)).toBe('4321');
  });

  it('asks a function once, however many wait, and tells it the token', async () => {
    const ask = vi.fn<(token: Token) => Promise<string>>(async () => '1234');
    const source = pinSource(ask);
    expect(await Promise.all([source(token), source(token)])).toEqual(['1234', '1234']);
    expect(await source(token)).toBe('1234');
    expect(ask.mock.calls).toEqual([[token]]);
  });

  it('asks a function that failed again, and keeps what it threw to itself', async () => {
    const ask = vi.fn<() => string>().mockReturnValue('1234');
    ask.mockImplementationOnce(() => {
      throw new Error('typed planted-pin');
    });
    const source = pinSource(ask);
    const error = await source(token).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'PIN_UNAVAILABLE', failure: { kind: 'recoverable' } });
    expect(inspect(error)).not.toContain('planted-pin');
    expect(await source(token)).toBe('1234');
  });

  it.each<[string, () => Parameters<typeof pinSource>[0], string]>([
    ['a file that is not there', () => ({ file: join(directory, 'nothing') }), 'it could not be read (ENOENT)'],
    ['a variable that is not set', () => ({ env: 'BRS_TEST_NOTHING' }), 'it is not there'],
    ['an empty answer', () => () => '', 'it is empty'],
    ['an answer that is no string', () => () => 1234 as never, 'it is no string'],
  ])('says what is wrong with %s', async (_, option, problem) => {
    await expect(pinSource(option())(token)).rejects.toMatchObject({
      code: 'PIN_UNAVAILABLE',
      message: expect.stringContaining(problem),
    });
  });
});
