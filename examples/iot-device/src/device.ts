/** What a program of your own would contain: a session from a device's identity, an S3 client, and two MQTT clients. */
import { S3Client } from '@aws-sdk/client-s3';
import { RefreshableSession, type TlsIdentity } from '@brs/core';
import '@brs/iot-x509';
import { mqtt, type SessionMqttClient } from '@brs/mqtt';
import { mqtt5 } from 'aws-iot-device-sdk-v2';

/** Where the device finds AWS. */
export interface Surroundings {
  readonly region: string;
  /** The credential provider. */
  readonly provider: { readonly endpoint: string; readonly port?: number; readonly ca?: string };
  readonly roleAlias: string;
  readonly thingName?: string | undefined;
  /** The broker, for both transports. */
  readonly broker: {
    readonly endpoint: string;
    readonly ca?: string;
    readonly x509Port?: number;
    readonly websocketPort?: number;
  };
  /** For an S3 that is not AWS's. */
  readonly s3?: { readonly endpoint: string; readonly forcePathStyle: boolean };
}

/** A device at work. */
export interface Device {
  readonly session: RefreshableSession;
  readonly s3: S3Client;
  /** MQTT 5 with the device's certificate and key. */
  readonly x509: SessionMqttClient;
  /** MQTT 5 over WebSocket, signed with the session's credentials. */
  readonly websocket: SessionMqttClient;
}

/** Sets the device up. Nothing is connected yet, and no credentials were asked for. */
export async function setUp(name: string, identity: TlsIdentity, surroundings: Surroundings): Promise<Device> {
  const { region, provider, roleAlias, thingName, broker, s3 } = surroundings;
  const session = new RefreshableSession({ method: 'iot-x509', region, ...provider, roleAlias, thingName, identity });
  const { endpoint, ca } = broker;
  const common = {
    endpoint,
    ca,
    // The broker keeps subscriptions, and what is published to the device, while it is away. (mosquitto 2.0 forgets at a
    // restart the sessions of clients that began with a clean start, so that these never do.)
    connectProperties: { sessionExpiryIntervalSeconds: 300, keepAliveIntervalSeconds: 30 },
    sessionBehavior: mqtt5.ClientSessionBehavior.RejoinAlways,
    minReconnectDelayMs: 100,
    maxReconnectDelayMs: 1000,
  };
  try {
    return {
      session,
      s3: session.client(S3Client, s3),
      x509: await mqtt(session, { ...common, clientId: `${name}-x509`, port: broker.x509Port }),
      websocket: await mqtt(session, {
        ...common,
        clientId: `${name}-websocket`,
        transport: 'websocket',
        region,
        port: broker.websocketPort,
      }),
    };
  } catch (error) {
    await session.close();
    throw error;
  }
}
