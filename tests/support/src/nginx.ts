/** A real nginx on loopback that verifies the certificates of devices in front of the credential provider. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { debianProgram } from './debian.js';
import { freePort } from './free-port.js';

/** The path of the program; `undefined` where it cannot be had. */
export const nginx: string | undefined = await debianProgram('nginx', 'nginx');

/** What stands in front of what. */
export interface FrontOptions {
  /** The versions of TLS, as `ssl_protocols` has them. */
  readonly protocols: string;
  /** The provider. It has to trust forwarded certificates. */
  readonly provider: {
    readonly host: string;
    readonly port: number;
    readonly ca: string;
    readonly deviceCa: string;
    certificateRevocationList(): Promise<string>;
    createServerCertificate(options: {
      readonly names: readonly string[];
    }): Promise<{ readonly certificate: string; readonly privateKey: string }>;
  };
}

/** A front that listens on 127.0.0.1. It knows the certificates that were revoked when it was started. */
export interface Front extends AsyncDisposable {
  readonly port: number;
}

/** Starts nginx. It listens when the promise resolves. */
export async function startFront({ protocols, provider }: FrontOptions): Promise<Front> {
  const directory = await mkdtemp(join(tmpdir(), 'brs-nginx-'));
  const port = await freePort();
  const { certificate, privateKey } = await provider.createServerCertificate({ names: [provider.host] });
  const places = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${directory};`);
  const configuration = `
    ${process.getuid?.() === 0 ? 'user root;' : ''}
    worker_processes 1;
    pid pid;
    error_log errors;
    events {}
    http {
      access_log off;
      ${places.join(' ')}
      server {
        listen 127.0.0.1:${port} ssl;
        server_name ${provider.host};
        ssl_protocols ${protocols};
        ssl_certificate certificate;
        ssl_certificate_key key;
        ssl_client_certificate device-ca;
        ssl_crl revoked;
        ssl_verify_client on;
        location / {
          proxy_pass https://127.0.0.1:${provider.port};
          proxy_ssl_server_name on;
          proxy_ssl_name ${provider.host};
          proxy_ssl_verify on;
          proxy_ssl_trusted_certificate ca;
          proxy_set_header Host $host;
          proxy_set_header X-Forwarded-Client-Cert $ssl_client_escaped_cert;
        }
      }
    }`;
  const files = {
    configuration,
    certificate,
    key: privateKey,
    ca: provider.ca,
    'device-ca': provider.deviceCa,
    revoked: await provider.certificateRevocationList(),
  };
  for (const [name, content] of Object.entries(files)) await writeFile(join(directory, name), content, { mode: 0o600 });
  // It goes into the background when it listens.
  await promisify(execFile)(nginx as string, ['-p', directory, '-e', 'errors', '-c', 'configuration']);
  const pid = Number(await readFile(join(directory, 'pid'), 'utf8'));
  return {
    port,
    async [Symbol.asyncDispose]() {
      process.kill(pid, 'SIGTERM');
      await rm(directory, { recursive: true, force: true });
    },
  };
}
