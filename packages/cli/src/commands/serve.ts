/** `brs serve`: an endpoint for other programs of this machine, with any number of sessions. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { RefreshableSession } from '@brs/core';
import { CliError } from '../cli-error.js';
import { openResolver, type SessionRequest } from '../config/resolve.js';
import { containerHandler, containerPath, ContainerRoute, statusPath } from '../endpoint/container.js';
import { type GuardedServer, type Handler, listen } from '../endpoint/guarded-server.js';
import { imdsHandler } from '../endpoint/imds.js';
import { servedSession } from '../endpoint/windows.js';
import { print, say } from '../print.js';
import { describe } from '../report.js';
import { fetchFirstSets } from '../serve/first-sets.js';
import { checkNames, portOf, type ServeFlags } from '../serve/flags.js';
import { handedOverSocket, notifySystemd } from '../serve/systemd.js';
import { type Issued, openTokens, type Tokens } from '../serve/tokens.js';
import { closeAll } from '../session/close-all.js';
import { prepareWithMfaCache } from '../session/mfa-cache.js';
import type { OpenSession } from '../session/open.js';
import { SharedStsClients } from '../session/shared-sts.js';
import { Board } from '../watch/board.js';
import { removeStatusAddress, writeStatusAddress } from '../watch/status-file.js';
import { type CommandContext, requestOf } from './session-command.js';

/** Each is an open file: a process may have as few as a thousand. */
const tokensAtOnce = 64;

interface Served {
  readonly name: string;
  readonly tokenPath: string;
  readonly region: string | undefined;
  readonly route: ContainerRoute;
  /** Opens it, the first time. */
  readonly session: () => RefreshableSession;
  /** The same, and holds its sets for consumers from then on. */
  readonly begin: () => RefreshableSession;
  /** Whether it has been opened and has a set. */
  readonly hasSet: () => boolean;
  close(): Promise<void>;
}

/** What all sessions of one run share. */
interface Shared {
  readonly tokens: Tokens;
  readonly board: Board;
  readonly stsClients: SharedStsClients | undefined;
}

export async function run(flags: ServeFlags, context: CommandContext, words: readonly string[]): Promise<void> {
  const { env } = context;
  // Without names it is one session, as any other command has it.
  const profiles = words.length > 0 ? words : [undefined];
  const names = profiles.map((profile) => profile ?? flags.profile ?? 'default');
  checkNames(names);
  const [port, imdsPort] = [portOf(flags.port, '--port'), portOf(flags.imdsPort, '--imds-port')];
  const where = { address: flags.listen, hosts: flags.allowHost, exposed: flags.exposeToOtherMachines };
  const stopping = new AbortController();
  const stopped = Promise.race(['SIGTERM', 'SIGINT'].map((signal) => once(process, signal)));
  void stopped.then(() => stopping.abort());
  const tokens = await openTokens(flags.tokenDir, env);
  const board = new Board(names);
  tellOf(board);
  const stsClients = names.length > 1 ? new SharedStsClients() : undefined;
  // In the order in which they are closed: the endpoints first, so that nobody is answered by a session that has been closed.
  const opened: { close(): Promise<void> }[] = [...(stsClients ? [stsClients] : []), tokens];
  try {
    const served = await prepareAll(requestOf(context, flags), profiles, names, { tokens, board, stsClients });
    opened.unshift({ close: () => closeAll(served) });
    const status = { token: randomBytes(32).toString('base64url'), board };
    const handler = containerHandler(
      served.map(({ route }) => route),
      status,
    );
    const server = await listen(handler, { ...where, port, descriptor: handedOverSocket(env) });
    opened.unshift(server);
    const imds = flags.imds ? await listen(imdsOf(served, flags.imdsProfile), { ...where, port: imdsPort }) : undefined;
    if (imds) opened.unshift(imds);
    const address = { url: `${server.origin}${statusPath}`, token: status.token };
    await writeStatusAddress(tokens.folder, address);
    opened.unshift({ close: () => removeStatusAddress(tokens.folder, address) });
    announce(served, server, imds, flags.json);
    const first = fetchFirstSets(
      served.map(({ begin }) => begin),
      stopping.signal,
    );
    await Promise.race([first, stopped]);
    const ready = served.filter(({ hasSet }) => hasSet()).length;
    await notifySystemd(env, '--ready', `--status=${ready} of ${served.length} sessions have credentials`);
    await stopped;
    await notifySystemd(env, 'STOPPING=1');
  } finally {
    await closeAll(opened);
  }
}

interface Prepared {
  readonly open: () => OpenSession;
  readonly region: string | undefined;
}

/** Does everything for the sessions that can be wrong. What the configuration is read into is not kept. */
async function prepareAll(
  request: SessionRequest,
  profiles: readonly (string | undefined)[],
  names: readonly string[],
  { tokens, board, stsClients }: Shared,
): Promise<Served[]> {
  const resolver = await openResolver(request);
  const prepared: Prepared[] = [];
  // One after the other: there may be a person who is asked for something.
  for (const profile of profiles) {
    const resolved = resolver.resolve(profile);
    const { region } = resolved.options;
    const open = await prepareWithMfaCache(resolved, { env: request.env, defaults: servedSession, stsClients });
    prepared.push({ open, region: typeof region === 'string' ? region : undefined });
  }
  const issued: Issued[] = [];
  for (let at = 0; at < names.length; at += tokensAtOnce) {
    issued.push(...(await Promise.all(names.slice(at, at + tokensAtOnce).map((name) => tokens.issue(name)))));
  }
  return prepared.map((session, index) => serve(session, names[index] ?? '', issued[index] as Issued, board));
}

/** A session with its place at the endpoint. It is opened by whoever first asks for it, which is seldom a consumer. */
function serve(prepared: Prepared, name: string, { token, path }: Issued, board: Board): Served {
  const { region } = prepared;
  let make: Prepared['open'] | undefined = prepared.open;
  let opened: OpenSession | undefined;
  let told = '';
  const session = (): RefreshableSession => {
    if (!opened && make) {
      try {
        opened = make();
      } catch (error) {
        // It was good when the program started: a file has gone since, for one. Said once, however often somebody asks.
        const why = describe(error);
        if (why !== told) say(`${name}: ${why} The next request for it tries again.`);
        told = why;
        throw error;
      }
      board.add(name, opened.session);
      // What it was made of is not needed again, and ten thousand times a lot.
      make = undefined;
    }
    return (opened as OpenSession).session;
  };
  const route = new ContainerRoute({ name, token, open: session });
  return {
    name,
    tokenPath: path,
    region,
    session,
    route,
    begin() {
      // Held from its first set on, with nobody asking.
      void route.held;
      return session();
    },
    hasSet: () => opened?.session.status().fetchedAt !== undefined,
    close: async () => opened?.close(),
  };
}

/** One line when a session begins to fail, and one when it is over. */
function tellOf(board: Board): void {
  const failing = new Set<string>();
  board.on(({ session, event, message, terminal, expiresAt }) => {
    if (event === 'refreshFailed') {
      if (!failing.has(session) || terminal) say(`${session}: ${message}`);
      failing.add(session);
    } else if (event === 'refreshSucceeded' && failing.delete(session)) {
      const until = expiresAt === undefined ? 'for ever' : new Date(expiresAt).toISOString();
      say(`${session}: it works again; the credentials are good until ${until}.`);
    }
  });
}

function imdsOf(served: readonly Served[], name: string | undefined): Handler {
  const chosen = name === undefined ? served[0] : served.find((candidate) => candidate.name === name);
  if (!chosen) throw new CliError('usage', `--imds-profile ${name} names no session that is served.`);
  return imdsHandler({ role: chosen.name, session: chosen.session(), region: chosen.region });
}

function announce(
  served: readonly Served[],
  { origin }: GuardedServer,
  imds: GuardedServer | undefined,
  asJson?: true,
): void {
  const sessions = served.map(({ name, tokenPath }) => ({
    name,
    AWS_CONTAINER_CREDENTIALS_FULL_URI: `${origin}${containerPath(name)}`,
    AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: tokenPath,
  }));
  const AWS_EC2_METADATA_SERVICE_ENDPOINT = imds && `${imds.origin}/`;
  if (asJson) {
    print(JSON.stringify({ endpoint: origin, sessions, ...(imds && { imds: { AWS_EC2_METADATA_SERVICE_ENDPOINT } }) }));
    return;
  }
  for (const { name, ...variables } of sessions) {
    print(`# ${name}`);
    for (const [variable, value] of Object.entries(variables)) print(`${variable}=${value}`);
  }
  if (imds)
    print(
      `# instance metadata: whoever can connect is given credentials\nAWS_EC2_METADATA_SERVICE_ENDPOINT=${AWS_EC2_METADATA_SERVICE_ENDPOINT}`,
    );
}
