/** mosquitto on loopback: one listener for certificates, one for the WebSockets of a gateway, and a store that outlives a restart. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer, connect } from 'node:net';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** What the broker presents, and whom it lets in. */
export interface BrokerCertificates {
  readonly certificate: string;
  readonly privateKey: string;
  /** The authority of the devices' certificates. */
  readonly deviceCa: string;
}

/** A running broker. */
export interface Broker {
  readonly x509Port: number;
  /** Without TLS, and for everybody: for a gateway in front. */
  readonly websocketPort: number;
  /** Ends it and starts it again on the same ports. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** How long it may take to come up before that is an error. */
const patienceMs = 30_000;

/** Starts it in a folder of its own. */
export async function startBroker(folder: string, certificates: BrokerCertificates): Promise<Broker> {
  const [x509Port, websocketPort] = [await freePort(), await freePort()];
  const file = async (name: string, contents: string): Promise<string> => {
    const path = join(folder, name);
    await writeFile(path, contents, { mode: 0o600 });
    return path;
  };
  const [certificate, key, deviceCa] = [
    await file('broker.pem', certificates.certificate),
    await file('broker-key.pem', certificates.privateKey),
    await file('devices.pem', certificates.deviceCa),
  ];
  const configuration = await file(
    'mosquitto.conf',
    [
      // It gives up root otherwise, and with it the files of this folder.
      `user ${userInfo().username}`,
      'per_listener_settings true',
      'persistence true',
      `persistence_location ${folder}/`,
      'autosave_on_changes true',
      'autosave_interval 1',
      `listener ${x509Port} 127.0.0.1`,
      `certfile ${certificate}`,
      `keyfile ${key}`,
      `cafile ${deviceCa}`,
      'require_certificate true',
      'use_identity_as_username true',
      `listener ${websocketPort} 127.0.0.1`,
      'protocol websockets',
      'allow_anonymous true',
      '',
    ].join('\n'),
  );
  let child: ChildProcess | undefined;
  const start = async (): Promise<void> => {
    const started = spawn('/usr/sbin/mosquitto', ['-c', configuration], { stdio: ['ignore', 'ignore', 'pipe'] });
    child = started;
    let said = '';
    started.stderr?.on('data', (text: Buffer) => (said += text.toString()));
    for (const deadline = Date.now() + patienceMs; !(await isListening(x509Port)); await delay(20)) {
      if (started.exitCode !== null || Date.now() > deadline) throw new Error(`mosquitto did not start. ${said}`);
    }
  };
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  };
  await start();
  return {
    x509Port,
    websocketPort,
    async restart() {
      await end('SIGTERM');
      await start();
    },
    stop: () => end('SIGTERM'),
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  return port;
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
