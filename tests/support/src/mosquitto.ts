/** A mosquitto of one's own on loopback, with its files in a directory that goes with it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { debianProgram } from './debian.js';
import { freePort } from './free-port.js';

/** The path of the program; `undefined` where it cannot be had. */
export const mosquitto: string | undefined = await debianProgram('mosquitto', 'mosquitto');

/** What a broker presents, and whom it lets in. */
export interface BrokerCertificates {
  /** The authority of the devices' certificates. */
  readonly deviceCa: string;
  readonly server: { readonly certificate: string; readonly privateKey: string };
}

/** A broker. It keeps its sessions and its queue over a restart. */
export interface Broker extends AsyncDisposable {
  /** For devices: TLS with a client certificate. */
  readonly tlsPort: number;
  /** For a proxy in front: WebSockets without TLS. */
  readonly webSocketPort: number;
  /** For the test itself: plain MQTT. */
  readonly plainPort: number;
  start(): Promise<void>;
  /** Ends it. With `SIGTERM` it takes its leave of its clients and writes down what it has; with `SIGKILL` it does neither. */
  kill(signal?: 'SIGTERM' | 'SIGKILL'): Promise<void>;
}

/** A started broker that asks for certificates of this authority. */
export async function startBroker({ deviceCa, server }: BrokerCertificates): Promise<Broker> {
  const directory = await mkdtemp(join(tmpdir(), 'brs-mosquitto-'));
  const [tlsPort, webSocketPort, plainPort] = (await Promise.all([freePort(), freePort(), freePort()])) as [
    number,
    number,
    number,
  ];
  const file = async (name: string, content: string) => {
    await writeFile(join(directory, name), content, { mode: 0o600 });
    return join(directory, name);
  };
  const configuration = await file(
    'mosquitto.conf',
    `
per_listener_settings false
allow_anonymous true
persistence true
persistence_location ${directory}/
autosave_interval 1
autosave_on_changes true
max_queued_messages 0
${process.getuid?.() === 0 ? 'user root' : ''}
listener ${tlsPort} 127.0.0.1
cafile ${await file('authority.pem', deviceCa)}
certfile ${await file('server.pem', server.certificate)}
keyfile ${await file('server.key', server.privateKey)}
require_certificate true
listener ${webSocketPort} 127.0.0.1
protocol websockets
listener ${plainPort} 127.0.0.1
`,
  );
  let child: ChildProcess | undefined;

  async function start(): Promise<void> {
    child = spawn(mosquitto as string, ['-c', configuration], { stdio: 'ignore' });
    await Promise.all([tlsPort, webSocketPort, plainPort].map((port) => listening(port, child as ChildProcess)));
  }
  async function kill(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const running = child;
    child = undefined;
    if (!running || running.exitCode !== null) return;
    running.kill(signal);
    await once(running, 'exit');
  }

  const broker = {
    tlsPort,
    webSocketPort,
    plainPort,
    start,
    kill,
    async [Symbol.asyncDispose]() {
      await kill();
      await rm(directory, { recursive: true, force: true });
    },
  };
  try {
    await start();
  } catch (error) {
    await broker[Symbol.asyncDispose]();
    throw error;
  }
  return broker;
}

async function listening(port: number, child: ChildProcess): Promise<void> {
  while (child.exitCode === null) {
    const socket = connect(port, '127.0.0.1');
    const connected = await once(socket, 'connect').then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (connected) return;
    await delay(10);
  }
  throw new Error(`mosquitto ended with code ${child.exitCode}`);
}
