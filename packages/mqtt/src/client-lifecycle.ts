/**
 * Starts, stops and closes an MQTT 5 client so that each step can be waited for. The library drops a `stop()` that comes
 * before the first attempt, and a `start()` before `stopped`, without an event; here each waits for the one before it.
 */
import { type RefreshableSession, SessionClosedError } from '@brs/core';
import type { mqtt5 } from 'aws-iot-device-sdk-v2';
import { clientClosed, clientOpened } from './collect.js';
import type { Handshake } from './handshake.js';
import { endWith } from './session-end.js';

/** Takes the client over, and gives its disposal. */
export function manageClient(
  client: mqtt5.Mqtt5Client,
  session: RefreshableSession,
  handshake: Handshake | undefined,
): () => Promise<void> {
  const library = { start: client.start, stop: client.stop, close: client.close };
  let phase: 'stopped' | 'starting' | 'running' | 'stopping' | 'closed' = 'stopped';
  let wanted = false;
  let disconnect: mqtt5.DisconnectPacket | undefined;
  const waiting: (() => void)[] = [];

  function settle(): void {
    if (wanted && phase === 'stopped') {
      phase = 'starting';
      handshake?.allow();
      library.start.call(client);
    } else if (!wanted && phase === 'running') {
      phase = 'stopping';
      handshake?.abort();
      library.stop.call(client, disconnect);
    } else if (phase === 'stopped' || phase === 'closed') {
      for (const resolve of waiting.splice(0)) resolve();
    }
  }
  client.on('attemptingConnect', () => {
    if (phase === 'starting') phase = 'running';
    settle();
  });
  client.on('stopped', () => {
    if (phase === 'stopping') phase = 'stopped';
    settle();
  });

  client.start = () => {
    if (session.status().closed) throw new SessionClosedError('The session is closed.');
    client.native_handle();
    if (disposal) throw new Error('The MQTT client is about to be closed.');
    wanted = true;
    settle();
  };
  client.stop = (packet) => {
    client.native_handle();
    wanted = false;
    disconnect = packet;
    settle();
  };
  client.close = () => {
    library.close.call(client);
    phase = 'closed';
    // The handle is dropped, so that it can be collected whoever still holds the client.
    client._handle = undefined;
    client.native_handle = () => {
      throw new Error('The MQTT client is closed.');
    };
    unsubscribe();
    clientClosed();
    settle();
  };

  async function stopAndClose(): Promise<void> {
    if (phase === 'closed') return;
    if (wanted) client.stop({ reasonCode: 0 });
    const stopped = new Promise<void>((resolve) => waiting.push(resolve));
    settle();
    await stopped;
    if (phase === 'stopped') client.close();
  }
  let disposal: Promise<void> | undefined;
  const dispose = () => (disposal ??= stopAndClose());
  const unsubscribe = endWith(session, dispose);
  clientOpened();
  return dispose;
}
