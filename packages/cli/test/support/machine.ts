/**
 * The machine that a page of the documentation speaks of, in a folder: `/etc`, `/run` and the home are below it, its programs
 * are those of this machine or stand in for them, and its AWS is on loopback.
 */
import { execFile, type ExecFileException, spawn } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { text as textOf } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { debianProgram } from '@brs-tests/support/debian';
import { freePort } from '@brs-tests/support/free-port';
import { brs, type Ended } from './brs.js';
import { type DeviceHome, startDevice } from './device.js';
import type { Block } from './pages.js';

/** What stands in for programs speaks HTTP by it; `undefined` where it cannot be had. */
export const curl: string | undefined = process.platform === 'linux' ? await debianProgram('curl', 'curl') : undefined;

/** How a command ends that worked and had nothing to say about it. */
export const works = { code: 0, stderr: '' } as const;

/** What a unit of systemd starts. */
export const execStartOf = (unit: string): string => /^ExecStart=(.*)$/m.exec(unit)![1]!;

/** A program that lists the buckets with the credentials that the SDK finds. */
export const buckets: string = fileURLToPath(new URL('../consumers/buckets.mjs', import.meta.url));

/** Makes certificates of requests, as AWS IoT does, and hands everything else to the AWS CLI. */
const awsCli = (authority: string, endpoint: string): string => `#!/bin/sh
set -e
if [ "$1" != iot ]; then exec /usr/bin/aws "$@" --endpoint-url '${endpoint}'; fi
while [ $# -gt 0 ]; do
  case $1 in
    --certificate-signing-request) csr=\${2#file://} ;;
    --certificate-pem-outfile) out=$2 ;;
  esac
  shift
done
exec curl --silent --show-error --fail --data-binary "@$csr" --output "$out" '${authority}'
`;

/** Lists the buckets as an SDK does: it asks the container endpoint for credentials, and signs with them. */
const consumer = (endpoint: string): string => `#!/bin/sh
set -e
token=\${AWS_CONTAINER_AUTHORIZATION_TOKEN:-$(cat "$AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE")}
set=$(printf 'header = "Authorization: %s"' "$token" | curl --silent --show-error --fail --config - "$AWS_CONTAINER_CREDENTIALS_FULL_URI")
of() { printf %s "$set" | sed 's/.*"'"$1"'":"\\([^"]*\\)".*/\\1/'; }
printf 'user = "%s:%s"\nheader = "x-amz-security-token: %s"' "$(of AccessKeyId)" "$(of SecretAccessKey)" "$(of Token)" |
  curl --silent --show-error --fail --config - --aws-sigv4 "aws:amz:$AWS_REGION:s3" '${endpoint}/' | sed 's/.*<Name>\\([^<]*\\)<.*/\\1\\n/'
`;

/** The part of `docker run` that matters here: the program sees the variables that were handed on, and no others. */
const docker = `#!/bin/sh
set -e
[ "$1" = run ]; shift
given=
while :; do
  case $1 in
    --rm) shift ;;
    --network) [ "$2" = host ]; shift 2 ;;
    --env) eval "value=\\$$2"; given="$given $2=$value"; shift 2 ;;
    *) break ;;
  esac
done
[ "$1" = amazon/aws-cli ]; shift
exec env -i "PATH=$PATH" $given aws "$@"
`;

/** The machine. */
export class Machine {
  readonly #authority: Server;
  /** Stands in for port 9911: one that is free when the files of a page are written. */
  #port = 0;

  private constructor(
    readonly device: DeviceHome,
    readonly env: NodeJS.ProcessEnv,
    authority: Server,
  ) {
    this.#authority = authority;
  }

  static async start(): Promise<Machine> {
    const device = await startDevice();
    const { aws, home, write } = device;
    const authority = createServer((request, response) => {
      void textOf(request)
        .then((csr) => aws.credentialProvider.signCertificate(csr, { thingName: 'gateway-7' }))
        .then(({ certificate }) => response.end(certificate));
    }).listen(0, '127.0.0.1');
    await once(authority, 'listening');
    const { port } = authority.address() as AddressInfo;
    const { accessKeyId, secretAccessKey } = aws.baseCredentials;
    const env = {
      ...device.env,
      PATH: `${join(home, 'bin')}:${device.env.PATH}`,
      AWS_PAGER: '',
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
    };
    const machine = new Machine(device, env, authority);
    await machine.program('brs', `#!/bin/sh\nexec '${process.execPath}' '${brs}' "$@"\n`);
    await machine.program('aws', awsCli(`http://127.0.0.1:${port}`, aws.endpoint));
    await machine.program('docker', docker);
    await machine.program('reports', consumer(aws.endpoint));
    for (const folder of ['etc', 'run']) await write(`${folder}/.keep`, '');
    return machine;
  }

  get home(): string {
    return this.device.home;
  }

  /** Puts a program in the path. */
  async program(name: string, script: string): Promise<void> {
    const path = await this.device.write(`bin/${name}`, script);
    await this.run(`chmod +x '${path}'`);
  }

  /** A text of the documentation as it is on this machine. */
  here(text: string): string {
    const { endpoint, port, ca } = this.device.provider;
    return text
      .replaceAll(/(?<![\w.*])\/(etc|run)\//g, `${this.home}/$1/`)
      .replaceAll('/usr/local/bin/', `${this.home}/bin/`)
      .replaceAll(/(?<![\w/])~\//g, `${this.home}/`)
      .replaceAll('9911', String(this.#port))
      .replaceAll(/^( *)endpoint(: | = )c2example0\S+$/gm, `$1endpoint$2${endpoint}\n$1port$2${port}\n$1ca$2${ca}`);
  }

  /** Writes the files of a page. Those that have the same name follow each other: `which` says which of them. */
  async install(blocks: readonly Block[], which = 0): Promise<Map<string, string>> {
    this.#port = await freePort();
    const files = new Map<string, string>();
    const named = blocks.filter(({ title }) => title !== '' && title !== 'no-run');
    for (const title of new Set(named.map((block) => block.title))) {
      const versions = named.filter((block) => block.title === title);
      const text = this.here((versions[which] ?? versions[0])!.text);
      const name = title.replace(/^(~?\/)/, '');
      files.set(title, text);
      await this.device.write(name, text);
    }
    return files;
  }

  /** Runs commands in the home, as a shell does. */
  run(commands: string, env: NodeJS.ProcessEnv = {}): Promise<Ended> {
    return new Promise((resolve) => {
      execFile(
        'sh',
        ['-e', '-c', this.here(commands)],
        { env: { ...this.env, ...env }, cwd: this.home },
        (error: ExecFileException | null, stdout, stderr) =>
          resolve({ code: error?.signal ?? error?.code ?? 0, stdout, stderr }),
      ).stdin?.end();
    });
  }

  /** Lists the buckets with what these variables lead to, and without the keys of a person. */
  listBuckets(variables: NodeJS.ProcessEnv): Promise<Ended> {
    return this.run('reports', { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined, ...variables });
  }

  /** Runs a service until the end of what is done with it. It is ready when it says so to a health check. */
  async whileServing(command: string, use: () => Promise<void>): Promise<void> {
    const child = spawn('sh', ['-c', `exec ${command}`], {
      env: this.env,
      cwd: this.home,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let told = '';
    child.stderr.setEncoding('utf8').on('data', (part: string) => (told += part));
    const ended = once(child, 'exit');
    try {
      const end = Date.now() + 40_000;
      while (!(await this.#isReady())) {
        if (child.exitCode !== null || Date.now() > end) throw new Error(`${command} is not ready: ${told}`);
        await delay(50);
      }
      await use();
    } finally {
      child.kill('SIGTERM');
      await ended;
    }
  }

  async #isReady(): Promise<boolean> {
    return fetch(`http://127.0.0.1:${this.#port}/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
  }

  async stop(): Promise<void> {
    this.#authority.close();
    await this.device.aws.close();
  }
}
