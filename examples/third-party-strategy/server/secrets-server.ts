/** A small secrets server on loopback: hands out short-lived AWS credentials to whoever shows the token. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A set of credentials as the server hands it out. `expires_at` is ISO 8601. */
export interface IssuedSet {
  readonly access_key: string;
  readonly secret_key: string;
  readonly session_token: string;
  readonly account: string;
  readonly expires_at: string;
}

/** What an issuer throws to answer with a status of its own. */
export class Refusal extends Error {
  readonly status: number;
  readonly retryAfterSeconds: number | undefined;

  constructor(status: number, retryAfterSeconds?: number) {
    super(`refused with ${status}`);
    this.status = status;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** What is asked of an issuer. */
export interface IssueRequest {
  readonly role: string;
  /** Aborted when whoever asked has gone. */
  readonly signal: AbortSignal;
}

/** What an issuer answers. */
export interface Issued {
  /** An {@link IssuedSet}; whatever else the server shall send as JSON; or a text that it shall send as it is. */
  readonly set: unknown;
  /** The server's time. Default: this machine's. `null`: it does not say. */
  readonly date?: Date | null;
}

export interface SecretsServerOptions {
  readonly token: string;
  readonly issue: (request: IssueRequest) => Issued | Promise<Issued>;
}

export interface SecretsServer extends AsyncDisposable {
  readonly url: string;
  /** How many requests have come. */
  readonly requests: number;
  close(): Promise<void>;
}

/** Hands out a new set each time, for one role, good for so many seconds; each field carries its number. */
export function issueNumbered(lifetimeSeconds: number): SecretsServerOptions['issue'] {
  let number = 0;
  return ({ role }) => {
    if (role !== 'reader') throw new Refusal(404);
    number++;
    const set: IssuedSet = {
      access_key: `ASIAVAULT${number}`,
      secret_key: `planted-secret-${number}`,
      session_token: `planted-token-${number}`,
      account: '123456789012',
      expires_at: new Date(Date.now() + lifetimeSeconds * 1000).toISOString(),
    };
    return { set };
  };
}

/** Starts the server on a free port of 127.0.0.1. */
export async function startSecretsServer({ token, issue }: SecretsServerOptions): Promise<SecretsServer> {
  let requests = 0;

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    requests++;
    const role = /^\/v1\/aws\/credentials\/([^/]+)$/.exec(request.url ?? '')?.[1];
    const gone = new AbortController();
    response.on('close', () => gone.abort());
    try {
      if (request.headers.authorization !== `Bearer ${token}`) throw new Refusal(401);
      if (request.method !== 'GET' || role === undefined) throw new Refusal(404);
      const { set, date } = await issue({ role: decodeURIComponent(role), signal: gone.signal });
      response.sendDate = date === undefined;
      if (date) response.setHeader('date', date.toUTCString());
      const text = typeof set === 'string' ? set : JSON.stringify(set ?? null);
      response.setHeader('content-type', 'application/json').end(text);
    } catch (error) {
      const { status, retryAfterSeconds } = error instanceof Refusal ? error : new Refusal(500);
      if (retryAfterSeconds !== undefined) response.setHeader('retry-after', retryAfterSeconds);
      response.writeHead(status).end();
    }
  };

  const server = createServer((request, response) => void answer(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const close = async (): Promise<void> => {
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  };
  return {
    url: `http://127.0.0.1:${port}`,
    get requests() {
      return requests;
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}
