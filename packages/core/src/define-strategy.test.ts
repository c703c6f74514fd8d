import { describe, expect, it } from 'vitest';
import { CONTRACT_VERSION, type Strategy } from './contract.js';
import { checkStrategy, defineStrategy } from './define-strategy.js';
import { InvalidStrategyError } from './errors.js';
import { RefreshableSession } from './session.js';

const acquire: Strategy['acquire'] = () => Promise.reject(new Error('not asked'));
const whole = (): Strategy => defineStrategy({ name: 'whole', acquire });

describe('defineStrategy', () => {
  it('fills in the contract version, who it is and that failures may pass', async () => {
    const strategy = defineStrategy({ name: 'small', acquire });
    expect(strategy).toMatchObject({ contractVersion: CONTRACT_VERSION, name: 'small', acquire });
    expect(strategy.classify(new Error('any'))).toEqual({ kind: 'recoverable' });
    expect(await strategy.identity({} as never)).toEqual({ method: 'small' });
    expect(strategy.close).toBeUndefined();
  });

  it('keeps what is given, and does not change it', () => {
    const definition = Object.freeze({
      name: 'big',
      acquire,
      classify: () => ({ kind: 'terminal', hint: 'h' }) as const,
      close: () => undefined,
    });
    expect(defineStrategy(definition)).toMatchObject(definition);
  });
});

describe('what is no strategy', () => {
  it.each<[string, unknown, RegExp]>([
    ['undefined', undefined, /undefined/],
    ['a string', 'sts', /string/],
    ['a function', acquire, /function/],
    ['an array', [], /object/],
    ['nothing in it', {}, /undefined/],
    ['an older contract', { ...whole(), contractVersion: 0 }, /'whole'.*0/],
    ['a newer contract', { ...whole(), contractVersion: 2 }, /'whole'.*2/],
    ['a contract that is no number', { ...whole(), contractVersion: '1' }, /string/],
    ['no name', { ...whole(), name: undefined }, /name/],
    ['an empty name', { ...whole(), name: '' }, /name/],
    ['no acquire', { ...whole(), acquire: undefined }, /'whole'.*`acquire`.*undefined/],
    ['an acquire that is none', { ...whole(), acquire: {} }, /'whole'.*`acquire`/],
    ['no identity', { ...whole(), identity: undefined }, /'whole'.*`identity`/],
    ['no classify', { ...whole(), classify: null }, /'whole'.*`classify`.*null/],
    ['a close that is none', { ...whole(), close: true }, /'whole'.*`close`.*true/],
    ['a timeout that is none', { ...whole(), refreshTimeoutMs: 0 }, /'whole'.*`refreshTimeoutMs`.*milliseconds/],
    ['another policy', { ...whole(), expiredCredentials: 'keep' }, /'whole'.*`expiredCredentials`.*'throw' or 'serve'/],
  ])('%s: an error that says what is missing', (_, value, message) => {
    expect(() => checkStrategy(value)).toThrow(InvalidStrategyError);
    expect(() => checkStrategy(value)).toThrow(message);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      expect(() => new RefreshableSession({ strategy: value as Strategy })).toThrow(
        expect.objectContaining({ code: 'INVALID_STRATEGY' }),
      );
    }
  });

  it('of another contract version: the hint says what to do', () => {
    expect(() => checkStrategy({ ...whole(), contractVersion: 2 })).toThrow(
      expect.objectContaining({ hint: expect.stringContaining('Install') as string }),
    );
  });

  it('a member is missing: defineStrategy says so as well', () => {
    expect(() => defineStrategy({ name: 'x' } as never)).toThrow(/`acquire`/);
    expect(() => defineStrategy({ acquire } as never)).toThrow(/name/);
  });

  it('a class with these methods is one', () => {
    class Own {
      readonly contractVersion = 1;
      readonly name = 'own';
      readonly acquire = acquire;
      identity() {
        return Promise.resolve({ method: this.name });
      }
      classify() {
        return { kind: 'recoverable' } as const;
      }
    }
    expect(new RefreshableSession({ strategy: new Own() }).status().method).toBe('own');
  });
});
