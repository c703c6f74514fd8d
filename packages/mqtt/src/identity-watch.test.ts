import { EventEmitter } from 'node:events';
import type { PemMaterial, TlsIdentity } from '@brs/core';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { watchIdentity } from './identity-watch.js';

/** Events come in a turn of their own. */
const turn = () => new Promise((resolve) => setImmediate(resolve));

const pair = (certificate: string): PemMaterial =>
  Object.defineProperty({ certificate } as PemMaterial, 'privateKey', { value: 'planted-secret' });

describe('watchIdentity', () => {
  const read = vi.fn<() => Promise<PemMaterial>>();
  const classify = vi.fn<TlsIdentity['classify']>();
  const stop = vi.fn();
  const outdated = vi.fn();
  const refused = vi.fn();
  let client: EventEmitter;
  const watch = () => {
    const check = watchIdentity({ kind: 'pem', read, classify }, pair('first'), client, stop);
    return async (errorName?: string) => {
      await check(errorName);
      await turn();
    };
  };

  beforeEach(() => {
    vi.resetAllMocks();
    client = new EventEmitter().on('identityOutdated', outdated);
  });

  it('says nothing while the identity is the same', async () => {
    read.mockResolvedValue(pair('first'));
    const check = watch();
    await check();
    await check();
    expect(read).toHaveBeenCalledTimes(2);
    expect(outdated).not.toHaveBeenCalled();
  });

  it('says once that it was replaced, and again for the next one', async () => {
    read.mockResolvedValue(pair('second'));
    const check = watch();
    await check();
    await check();
    expect(outdated).toHaveBeenCalledOnce();
    read.mockResolvedValue(pair('third'));
    await check();
    expect(outdated).toHaveBeenCalledTimes(2);
    expect(stop).not.toHaveBeenCalled();
  });

  it('says once that the token has ended the session in which the client signs', async () => {
    read.mockResolvedValue(pair('first'));
    const check = watch();
    await check('AWS_IO_SOCKET_CLOSED');
    expect(outdated).not.toHaveBeenCalled();
    await check('AWS_ERROR_PKCS11_CKR_SESSION_HANDLE_INVALID');
    await check('AWS_ERROR_PKCS11_CKR_SESSION_HANDLE_INVALID');
    expect(outdated).toHaveBeenCalledOnce();
  });

  it('asks once at a time', async () => {
    let answer: (material: PemMaterial) => void = () => {};
    read.mockImplementation(() => new Promise((resolve) => (answer = resolve)));
    const check = watch();
    const first = check();
    await check();
    expect(read).toHaveBeenCalledOnce();
    answer(pair('first'));
    await first;
  });

  it('stops the client where the identity is refused for good', async () => {
    const error = new Error('the PIN is locked');
    client.on('identityRefused', refused);
    read.mockRejectedValue(error);
    classify.mockReturnValue({ kind: 'terminal', hint: 'Unlock the token.' });
    await watch()();
    expect(stop).toHaveBeenCalledOnce();
    expect(refused).toHaveBeenCalledExactlyOnceWith({ error, hint: 'Unlock the token.' });
  });

  it('warns where nobody listens', async () => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    read.mockRejectedValue(new Error('planted-secret'));
    classify.mockReturnValue({ kind: 'terminal', hint: 'Unlock the token.' });
    await watch()();
    const text = 'An MQTT client was stopped: its identity is refused. Unlock the token.';
    expect(warn).toHaveBeenCalledExactlyOnceWith(text, 'MqttIdentityWarning');
  });

  it.each([undefined, { kind: 'recoverable' } as const])(
    'lets the client go on after a failure of class %j',
    async (failure) => {
      read.mockRejectedValue(new Error('the token is not there'));
      classify.mockReturnValue(failure);
      await watch()();
      expect(stop).not.toHaveBeenCalled();
    },
  );
});
