/** Closes an MQTT 3.1.1 connection in whatever state it is. The library can disconnect only what has been connected. */
import { type RefreshableSession, SessionClosedError } from '@brs/core';
import type { mqtt } from 'aws-iot-device-sdk-v2';
import type { Handshake } from './handshake.js';
import { endWith } from './session-end.js';

/** Takes the connection over, and gives its disposal. */
export function manageConnection(
  connection: mqtt.MqttClientConnection,
  session: RefreshableSession,
  handshake: Handshake | undefined,
): () => Promise<void> {
  const library = { connect: connection.connect, disconnect: connection.disconnect };
  let attempt: Promise<boolean> | undefined;
  let disconnection: Promise<void> | undefined;
  let phase: 'unconnected' | 'connected' | 'closed' = 'unconnected';

  connection.connect = async () => {
    if (session.status().closed) throw new SessionClosedError('The session is closed.');
    if (disposal) throw new Error('The MQTT connection is closed.');
    attempt = library.connect.call(connection);
    const sessionPresent = await attempt;
    phase = 'connected';
    return sessionPresent;
  };
  connection.disconnect = () => {
    if (phase !== 'connected') return library.disconnect.call(connection);
    handshake?.abort();
    return (disconnection ??= library.disconnect.call(connection));
  };
  const closed = new Promise<void>((resolve) => {
    connection.on('closed', () => {
      phase = 'closed';
      unsubscribe();
      resolve();
    });
  });

  async function disconnectOrClose(): Promise<void> {
    handshake?.abort();
    // An attempt cannot be broken off. It ends with the library's timeouts at the latest.
    await attempt?.catch(() => {});
    if (phase === 'closed') return;
    if (phase === 'connected' && (await succeeds(connection.disconnect()))) return closed;
    // What the library does by itself after a disconnection.
    (connection as unknown as { close(): void }).close();
    phase = 'closed';
    unsubscribe();
  }
  let disposal: Promise<void> | undefined;
  const dispose = () => (disposal ??= disconnectOrClose());
  const unsubscribe = endWith(session, dispose);
  return dispose;
}

function succeeds(promise: Promise<unknown>): Promise<boolean> {
  return promise.then(
    () => true,
    () => false,
  );
}
