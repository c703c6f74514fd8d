/** `brs serve` as a process, and what it says of where it is. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { readFile } from 'node:fs/promises';
import { brs } from './brs.js';

/** Where it serves. */
export interface Announcement {
  readonly endpoint: string;
  readonly sessions: readonly {
    readonly name: string;
    readonly AWS_CONTAINER_CREDENTIALS_FULL_URI: string;
    readonly AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: string;
  }[];
  readonly imds?: { readonly AWS_EC2_METADATA_SERVICE_ENDPOINT: string };
}

/** A running one. */
export interface Serving extends Announcement {
  readonly child: ChildProcess;
  /** The address, the token and the file of a session. */
  of(name?: string): Promise<{ url: string; token: string; path: string }>;
  /** What it has said on standard error. */
  readonly told: () => string;
  /** Asks it to end, and gives its exit code or signal. */
  stop(signal?: NodeJS.Signals): Promise<number | string | null>;
}

/** Starts it. `before` stands in front of it in the command line. */
export async function startServe(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  { cwd, before = [] }: { cwd?: string; before?: readonly string[] } = {},
): Promise<Serving> {
  const [program = '', ...rest] = [...before, process.execPath, brs, 'serve', '--json', ...args];
  const child = spawn(program, rest, { env, cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  let told = '';
  child.stderr.setEncoding('utf8').on('data', (part: string) => (told += part));
  const ended = new Promise<number | string | null>((resolve) =>
    child.once('close', (code, signal) => resolve(signal ?? code)),
  );
  const line = await Promise.race([
    new Promise<string>((resolve) => createInterface(child.stdout).once('line', resolve)),
    ended.then((code) => Promise.reject(new Error(`brs serve ended with ${code}: ${told}`))),
  ]);
  const announcement = JSON.parse(line) as Announcement;
  return {
    ...announcement,
    child,
    told: () => told,
    async of(name) {
      const session = announcement.sessions.find((candidate) => !name || candidate.name === name)!;
      const path = session.AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE;
      return { url: session.AWS_CONTAINER_CREDENTIALS_FULL_URI, token: await readFile(path, 'utf8'), path };
    },
    stop(signal = 'SIGTERM') {
      child.kill(signal);
      return ended;
    },
  };
}
