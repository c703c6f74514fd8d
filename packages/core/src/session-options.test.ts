import { describe, expect, it } from 'vitest';
import { defineStrategy } from './define-strategy.js';
import { InvalidOptionsError } from './errors.js';
import { RefreshableSession } from './session.js';

const strategy = defineStrategy({ name: 'never', acquire: () => Promise.reject(new Error('not asked')) });

function errorOf(options: unknown): InvalidOptionsError {
  try {
    new RefreshableSession(options as never);
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidOptionsError);
    return error as InvalidOptionsError;
  }
  throw new Error('the options were accepted');
}

describe('the options of a session', () => {
  it('may all be given, and all be undefined', () => {
    const all = {
      region: 'us-east-1',
      profile: 'p',
      deferRefresh: true,
      advisoryWindowSeconds: 600,
      mandatoryWindowSeconds: 120,
      advisoryRefresh: 'await',
      refreshTimeoutMs: 1,
      mandatoryWaitMs: 2 ** 31 - 1,
      expiredCredentials: 'serve',
      expiredMaxAgeSeconds: 60,
      clientDefaults: { maxAttempts: 2 },
      clientCache: { maxSize: 1, eviction: 'lfu' },
      random: () => 0,
    } as const;
    expect(new RefreshableSession({ strategy, ...all }).status().window).toBe('empty');
    const none = Object.fromEntries(Object.keys(all).map((name) => [name, undefined]));
    expect(new RefreshableSession({ strategy, method: undefined, ...none }).status().window).toBe('empty');
  });

  it.each([undefined, null, 'sts', [], 7])('(%o) must be an object', (options) => {
    expect(errorOf(options).option).toBe('options');
  });

  it.each<[string, unknown]>([
    ['method', 7],
    ['method', ''],
    ['strategy', 'planted'],
    ['region', 7],
    ['region', ''],
    ['profile', {}],
    ['deferRefresh', 'false'],
    ['deferRefresh', 0],
    ['advisoryWindowSeconds', '300'],
    ['advisoryWindowSeconds', 0],
    ['mandatoryWindowSeconds', -1],
    ['mandatoryWindowSeconds', NaN],
    ['advisoryRefresh', 'planted'],
    ['refreshTimeoutMs', Infinity],
    ['refreshTimeoutMs', 2 ** 31],
    ['mandatoryWaitMs', null],
    ['expiredCredentials', 'planted'],
    ['expiredMaxAgeSeconds', 0],
    ['clientDefaults', 'planted'],
    ['clientDefaults.credentials', { credentials: 'planted' }],
    ['clientCache', 100],
    ['clientCache.maxSize', { maxSize: 0 }],
    ['clientCache.maxSize', { maxSize: 1.5 }],
    ['clientCache.maxSize', { maxSize: 'planted' }],
    ['clientCache.eviction', { eviction: 'planted' }],
    ['clientCache.maxsize', { maxsize: 5 }],
    ['clock', 'planted'],
    ['clock', {}],
    ['clock', { now: Date.now }],
    ['clock', { now: 0, startTimer: () => undefined }],
    ['random', 0.5],
  ])('%s cannot be %o', (option, value) => {
    const error = errorOf({
      ...(option !== 'strategy' && option !== 'method' && { strategy }),
      [option.split('.')[0] as string]: value,
    });
    expect(error).toMatchObject({ code: 'INVALID_OPTIONS', option });
    expect(error.message).toContain(`\`${option}\``);
    expect(error.message).not.toContain('planted');
  });

  it.each(['deferRefesh', 'defer_refresh', 'advisoryWindowSecond'])(
    'an unknown one (%s) asks for what was meant',
    (option) => {
      const error = errorOf({ strategy, [option]: 1 });
      expect(error.option).toBe(option);
      expect(error.message).toContain('is unknown; known are');
    },
  );

  it('one that is unknown is refused, with what is known', () => {
    expect(errorOf({ strategy, colour: 'planted' }).message).toMatch(/clientDefaults.*region/);
  });

  it('a clock that lacks a function is refused with the name of the function', () => {
    expect(errorOf({ strategy, clock: { now: Date.now } }).message).toMatch(/`startTimer`.*function.*undefined/);
  });

  it('method and strategy exclude each other', () => {
    expect(errorOf({ strategy, method: 'sts' }).message).toMatch(/`method`.*`strategy`/);
  });

  it('are not changed, and may be frozen', () => {
    const options = Object.freeze({ strategy, region: 'us-east-1', clientCache: Object.freeze({ maxSize: 3 }) });
    expect(() => new RefreshableSession(options)).not.toThrow();
  });
});

describe('the windows are checked together', () => {
  it.each<[string, object, string[]]>([
    ['equal', { advisoryWindowSeconds: 100, mandatoryWindowSeconds: 100 }, ['100']],
    ['the wrong way round', { advisoryWindowSeconds: 60, mandatoryWindowSeconds: 120 }, ['120', '60']],
    ['below the other’s default', { advisoryWindowSeconds: 60 }, ['60']],
    ['above the other’s default', { mandatoryWindowSeconds: 300 }, ['300']],
  ])('%s: an error that names one that was given, and both windows', (_, windows, seconds) => {
    const error = errorOf({ strategy, ...windows });
    expect(Object.keys(windows)).toContain(error.option);
    for (const part of ['advisory', 'mandatory', ...seconds]) expect(error.message).toContain(part);
  });

  it.each([
    { advisoryWindowSeconds: 60.001 },
    { mandatoryWindowSeconds: 299.999 },
    { advisoryWindowSeconds: 2, mandatoryWindowSeconds: 1 },
  ])('%o is in order', (windows) => {
    expect(() => new RefreshableSession({ strategy, ...windows })).not.toThrow();
  });
});
