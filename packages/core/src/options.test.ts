import { describe, expect, it } from 'vitest';
import { InvalidOptionsError } from './errors.js';
import { checkOptions, describeType, given, rule } from './options.js';

const problemWith = (check: (value: unknown, option: string) => unknown, value: unknown): unknown => check(value, 'x');

function errorOf(call: () => unknown): InvalidOptionsError {
  try {
    call();
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidOptionsError);
    return error as InvalidOptionsError;
  }
  throw new Error('nothing was thrown');
}

describe('describeType', () => {
  it.each<[unknown, RegExp]>([
    [undefined, /^undefined$/],
    [null, /^null$/],
    ['', /empty string/],
    [7, /7/],
    [NaN, /NaN/],
    [false, /false/],
    [[], /rray/],
    [new Date(NaN), /Date/],
    [() => 'planted', /function/],
    [Symbol('planted'), /symbol/],
    [12n, /bigint/],
    ['planted', /string/],
    [{ secret: 'planted' }, /object/],
    [Object.create(null), /object/],
    [['planted'], /rray/],
  ])('%o: %s, and nothing of its text', (value, words) => {
    expect(describeType(value)).toMatch(words);
    expect(describeType(value)).not.toContain('planted');
  });
});

describe('the rules', () => {
  it.each<[string, (value: unknown, option: string) => unknown, unknown[], unknown[]]>([
    ['any', rule.any, [undefined, null, 0, 'a', {}], []],
    ['boolean', rule.boolean, [true, false], [0, 'true', null, {}]],
    ['function', rule.function, [() => 0, class A {}], [null, {}, 'f']],
    ['object', rule.object, [{}, Object.create(null), new Date()], [null, [], 'a', () => 0, 1]],
    ['string', rule.string, ['a', ' '], ['', 1, null, ['a']]],
    ['number', rule.number('seconds'), [0.001, 1, 1e9], [0, -1, NaN, Infinity, '1', null, 1n]],
    ['number with bounds', rule.number('seconds', { above: 5, max: 10 }), [5.1, 10], [5, 10.1]],
    ['oneOf', rule.oneOf('a', 'b'), ['a', 'b'], ['c', 'A', '', null, 0]],
  ])('%s', (_, check, right, wrong) => {
    for (const value of right) expect(problemWith(check, value)).toBeUndefined();
    for (const value of wrong) expect(problemWith(check, value)).toMatch(/^must be /);
  });

  it('number says its unit and its bounds', () => {
    expect(problemWith(rule.number('seconds', { above: 5, max: 10 }), 11)).toMatch(/seconds.*5.*10.*11/);
  });

  it('oneOf says what there is, and not what was given', () => {
    expect(problemWith(rule.oneOf('lru', 'lfu'), 'planted')).toMatch(/'lru' or 'lfu'/);
    expect(problemWith(rule.oneOf('lru', 'lfu'), 'planted')).not.toContain('planted');
  });

  it('shape checks what is inside, by its full name', () => {
    const shape = rule.shape({ maxSize: rule.number('clients') }, ['maxSize']);
    expect(errorOf(() => shape({ maxSize: 'planted' }, 'cache')).option).toBe('cache.maxSize');
    expect(errorOf(() => shape({ size: 1 }, 'cache')).option).toBe('cache.size');
    expect(errorOf(() => shape({}, 'cache')).option).toBe('cache.maxSize');
    expect(shape({ maxSize: 1 }, 'cache')).toBeUndefined();
    expect(shape([], 'cache')).toMatch(/must be an object/);
  });
});

it('given: undefined counts as not given, and nothing else does', () => {
  const options = Object.freeze({ a: undefined, b: null, c: '', d: 0, e: false });
  expect(Object.keys(given(options))).toEqual(['b', 'c', 'd', 'e']);
});

describe('checkOptions', () => {
  const rules = { deferRefresh: rule.boolean, url: rule.string, timeoutMs: rule.number('milliseconds') };

  it('takes what keeps the rules, and undefined for what is not given', () => {
    expect(() => checkOptions({}, rules)).not.toThrow();
    expect(() => checkOptions({ deferRefresh: true, url: undefined, timeoutMs: 5 }, rules)).not.toThrow();
  });

  it('names the option, the rule and the type received, never the value', () => {
    const error = errorOf(() => checkOptions({ timeoutMs: 'planted' }, rules));
    expect(error).toMatchObject({ name: 'InvalidOptionsError', code: 'INVALID_OPTIONS', option: 'timeoutMs' });
    expect(error.message).toMatch(/`timeoutMs`.*milliseconds.*string/);
    expect(error.message).not.toContain('planted');
  });

  it('names what is unknown and lists what is known', () => {
    const error = errorOf(() => checkOptions({ defer_refresh: 'planted' }, rules));
    expect(error.option).toBe('defer_refresh');
    expect(error.message).toMatch(/`defer_refresh` is unknown.*deferRefresh, timeoutMs, url/);
  });

  it('is not taken in by the names of every object', () => {
    for (const name of ['constructor', 'toString', 'hasOwnProperty']) {
      expect(errorOf(() => checkOptions({ [name]: 1 }, rules)).option).toBe(name);
    }
    expect(errorOf(() => checkOptions(JSON.parse('{"__proto__": 1}') as object, rules)).option).toBe('__proto__');
  });

  it('misses what is required, with the path in front', () => {
    expect(errorOf(() => checkOptions({ url: undefined }, rules, { required: ['url'], path: 'vault.' }))).toMatchObject(
      {
        option: 'vault.url',
        message: expect.stringContaining('`vault.url`') as string,
      },
    );
  });

  it('does not change what it is given', () => {
    const options = Object.freeze({ url: 'a' });
    checkOptions(options, Object.freeze(rules));
    expect(options).toEqual({ url: 'a' });
  });
});
