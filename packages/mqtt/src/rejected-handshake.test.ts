import { defineStrategy, RefreshableSession } from '@brs/core';
import { describe, expect, it, vi } from 'vitest';
import { onFailedHandshake } from './rejected-handshake.js';

const upgradeFailure = 'AWS_ERROR_HTTP_WEBSOCKET_UPGRADE_FAILURE';

function session(): { session: RefreshableSession; invalidate: ReturnType<typeof vi.spyOn> } {
  const strategy = defineStrategy({ name: 'none', acquire: () => Promise.reject(new Error('not asked')) });
  const made = new RefreshableSession({ strategy });
  return { session: made, invalidate: vi.spyOn(made, 'invalidate') };
}

describe('onFailedHandshake', () => {
  it('replaces the token that the handshake was signed with, once in five minutes for each session', () => {
    const [one, other] = [session(), session()];
    onFailedHandshake(one.session, upgradeFailure, 'ASIA1', 0);
    onFailedHandshake(one.session, upgradeFailure, 'ASIA2', 299_999);
    onFailedHandshake(other.session, upgradeFailure, 'ASIA9', 299_999);
    onFailedHandshake(one.session, upgradeFailure, 'ASIA3', 300_000);
    expect(one.invalidate.mock.calls).toEqual([['ASIA1'], ['ASIA3']]);
    expect(other.invalidate.mock.calls).toEqual([['ASIA9']]);
  });

  it.each([
    ['AWS_IO_SOCKET_CONNECTION_REFUSED', 'ASIA1'],
    ['AWS_AUTH_SIGNING_NO_CREDENTIALS', 'ASIA1'],
    [undefined, 'ASIA1'],
    [upgradeFailure, undefined],
  ])('leaves the token alone after %s of %s', (errorName, accessKeyId) => {
    const { session: made, invalidate } = session();
    onFailedHandshake(made, errorName, accessKeyId);
    expect(invalidate).not.toHaveBeenCalled();
  });
});
