import { afterEach, describe, expect, it } from 'vitest';
import { defineStrategy } from './define-strategy.js';
import { MethodConflictError, UnknownMethodError } from './errors.js';
import { checkOptions, rule } from './options.js';
import { findMethod, listMethods, registerMethod } from './registry.js';
import { RefreshableSession } from './session.js';

const registered = (globalThis as Record<symbol, unknown>)[Symbol.for('@brs/core/methods/1')] as Map<string, unknown>;
afterEach(() => registered.clear());

const vault = {
  method: 'vault',
  packageName: '@acme/brs-vault',
  create: () => defineStrategy({ name: 'vault', acquire: () => Promise.reject(new Error('not asked')) }),
};

describe('registerMethod', () => {
  it('makes a method known', () => {
    registerMethod(vault);
    expect(listMethods()).toEqual([{ method: 'vault', packageName: '@acme/brs-vault' }]);
    expect(findMethod('vault').create).toBe(vault.create);
    expect(new RefreshableSession({ method: 'vault' } as never).status().method).toBe('vault');
  });

  it('from the same package again is nothing: the first stays', () => {
    registerMethod(vault);
    registerMethod({ ...vault, create: () => expect.fail('of the second copy') });
    expect(listMethods()).toHaveLength(1);
    expect(findMethod('vault').create).toBe(vault.create);
  });

  it('from another package is an error that names both, and changes nothing', () => {
    registerMethod(vault);
    const call = () => registerMethod({ ...vault, packageName: '@other/brs-vault' });
    expect(call).toThrow(MethodConflictError);
    expect(call).toThrow(
      expect.objectContaining({
        code: 'METHOD_CONFLICT',
        message: expect.stringMatching(/'vault'.*@acme\/brs-vault.*@other\/brs-vault/) as string,
        hint: expect.stringContaining('strategy') as string,
      }),
    );
    expect(findMethod('vault').create).toBe(vault.create);
  });

  it('cannot be changed through the list', () => {
    registerMethod(vault);
    Object.assign(listMethods()[0] as object, { packageName: 'another' });
    expect(listMethods()[0]?.packageName).toBe('@acme/brs-vault');
  });
});

describe('an unknown method', () => {
  it.each(['sts', 'custom', 'iot-x509'])('%s: says what to install and import', (method) => {
    expect(() => new RefreshableSession({ method } as never)).toThrow(
      expect.objectContaining({
        code: 'UNKNOWN_METHOD',
        message: expect.stringContaining('none') as string,
        hint: expect.stringContaining(`import '@brs/${method}'`) as string,
      }),
    );
  });

  it('without a method: sts is what was meant', () => {
    expect(() => new RefreshableSession({} as never)).toThrow(
      expect.objectContaining({ code: 'UNKNOWN_METHOD', hint: expect.stringContaining('@brs/sts') as string }),
    );
  });

  it.each(['vualt', 'constructor', '__proto__', 'toString'])('%s: lists what is registered', (method) => {
    registerMethod(vault);
    registerMethod({ ...vault, method: 'badge', packageName: '@acme/brs-badge' });
    const call = () => new RefreshableSession({ method } as never);
    expect(call).toThrow(UnknownMethodError);
    expect(call).toThrow(/'vault', 'badge'/);
  });
});

describe('what a factory is handed', () => {
  it('its own options, and of the session what it may need; nothing is changed', () => {
    const handed: unknown[] = [];
    registerMethod({
      ...vault,
      create: (options: object, context: object) => {
        handed.push(options, context);
        return vault.create();
      },
    });
    const clock = { now: () => 0, startTimer: () => ({ ref: () => undefined, cancel: () => undefined }) };
    const random = () => 0;
    const options = { method: 'vault', region: 'eu-west-1', profile: 'p', clock, random, url: 'x', token: undefined };
    const before = { ...options };
    new RefreshableSession(options as never);
    expect(handed).toEqual([
      { url: 'x' },
      { region: 'eu-west-1', profile: 'p', clock, random, notify: expect.any(Function) as unknown },
    ]);
    expect(options).toEqual(before);
  });

  it('the names of the session’s own options, so that a misspelt one is told with all that there are', () => {
    registerMethod({
      ...vault,
      create: (options: object) => {
        checkOptions(options, { url: rule.string });
        return vault.create();
      },
    });
    expect(() => new RefreshableSession({ method: 'vault', url: 'x', deferRefesh: true } as never)).toThrow(
      expect.objectContaining({
        option: 'deferRefesh',
        message: expect.stringMatching(/known are .*deferRefresh, .*url/) as string,
      }),
    );
    expect(() => new RefreshableSession({ method: 'vault', url: 'x', region: 'eu-west-1' } as never)).not.toThrow();
  });

  it('a way to tell the user something, at once and later', () => {
    let notify: ((notice: { code: string; message: string }) => void) | undefined;
    registerMethod({
      ...vault,
      create: (_: object, context: { notify: typeof notify }) => {
        notify = context.notify;
        return vault.create();
      },
    });
    const session = new RefreshableSession({ method: 'vault' } as never);
    const notices: object[] = [];
    session.on('notice', (notice) => notices.push(notice));
    notify?.({ code: 'CERTIFICATE_EXPIRES_SOON', message: 'In a week.' });
    expect(notices).toEqual([
      { at: expect.any(Date) as unknown, method: 'vault', code: 'CERTIFICATE_EXPIRES_SOON', message: 'In a week.' },
    ]);
  });

  it('a notice while the strategy is still being made breaks nothing', () => {
    registerMethod({
      ...vault,
      create: (_: object, { notify }: { notify(notice: object): void }) => {
        notify({ code: 'EARLY', message: 'Nobody can listen yet.' });
        return vault.create();
      },
    } as never);
    expect(new RefreshableSession({ method: 'vault' } as never).status().method).toBe('vault');
  });

  it('what a factory throws is thrown as it is', () => {
    const broken = new TypeError('of the factory');
    registerMethod({
      ...vault,
      create: () => {
        throw broken;
      },
    });
    expect(() => new RefreshableSession({ method: 'vault' } as never)).toThrow(broken);
  });

  it('what a factory makes is checked', () => {
    registerMethod({ ...vault, create: () => ({ name: 'vault' }) as never });
    expect(() => new RefreshableSession({ method: 'vault' } as never)).toThrow(
      expect.objectContaining({ code: 'INVALID_STRATEGY' }),
    );
  });
});
