/** A real nginx on a Unix socket, in a directory of its own. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

export interface Nginx extends AsyncDisposable {
  readonly socketPath: string;
}

/**
 * Starts nginx with one server, which listens when the promise resolves.
 *
 * @param server its directives; `listen` is there already
 * @param files written beside the configuration, for directives that name files
 */
export async function startNginx(
  program: string,
  server: string,
  files: Readonly<Record<string, string>>,
): Promise<Nginx> {
  const directory = await mkdtemp(join(tmpdir(), 'local-aws-nginx-'));
  const [socketPath, pidFile] = [join(directory, 'socket'), join(directory, 'pid')];
  const places = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${directory};`);
  const configuration = `
    ${process.getuid?.() === 0 ? 'user root;' : ''}
    worker_processes 1;
    pid ${pidFile};
    error_log ${join(directory, 'errors')};
    events {}
    http { access_log off; ${places.join(' ')} server { listen unix:${socketPath} ssl; ${server} } }`;
  for (const [name, content] of Object.entries({ ...files, configuration })) {
    await writeFile(join(directory, name), content, { mode: 0o600 });
  }
  // It goes into the background when it listens.
  await promisify(execFile)(program, ['-p', directory, '-e', join(directory, 'errors'), '-c', 'configuration']);
  const pid = Number(await readFile(pidFile, 'utf8'));
  return {
    socketPath,
    async [Symbol.asyncDispose]() {
      process.kill(pid, 'SIGTERM');
      await rm(directory, { recursive: true, force: true });
    },
  };
}
