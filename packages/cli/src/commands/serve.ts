/** `brs serve`: an endpoint for other programs of this machine, with any number of sessions. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { CliError } from '../cli-error.js';
import { openResolver, type SessionRequest } from '../config/resolve.js';
import { containerHandler, containerPath, statusPath } from '../endpoint/container.js';
import { type GuardedServer, type Handler, listen } from '../endpoint/guarded-server.js';
import { imdsHandler } from '../endpoint/imds.js';
import { servedSession } from '../endpoint/windows.js';
import { print, say } from '../print.js';
import { fetchFirstSets } from '../serve/first-sets.js';
import { checkNames, portOf, type ServeFlags } from '../serve/flags.js';
import { ServedSession } from '../serve/served-session.js';
import { handedOverSocket, notifySystemd, tellReady } from '../serve/systemd.js';
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

export async function run(flags: ServeFlags, context: CommandContext, words: readonly string[]): Promise<void> {
  const { env } = context;
  // Without names it is one session, as any other command has it.
  const profiles = words.length > 0 ? words : [undefined];
  const names = profiles.map((profile) => profile ?? flags.profile ?? 'default');
  checkNames(names);
  const [port, imdsPort] = [portOf(flags.port, '--port'), portOf(flags.imdsPort, '--imds-port')];
  const where = { address: flags.listen, hosts: flags.allowHost, exposed: flags.exposeToOtherMachines };
  const stsClients = names.length > 1 ? new SharedStsClients() : undefined;
  const prepared = await prepareAll(requestOf(context, flags), profiles, stsClients);
  // Up to here nothing has to be undone: a signal ends this as it ends any program.
  const stopping = new AbortController();
  const stopped = Promise.race(['SIGTERM', 'SIGINT'].map((signal) => once(process, signal)));
  void stopped.then(() => stopping.abort());
  const tokens = await openTokens(flags.tokenDir, env);
  const board = new Board(names);
  tellOf(board);
  // In the order in which they are closed: the endpoints first, so that nobody is answered by a session that has been closed.
  const opened: { close(): Promise<void> }[] = [...(stsClients ? [stsClients] : []), tokens];
  try {
    const issued = await issueAll(tokens, names, stopping.signal);
    if (stopping.signal.aborted) return;
    // What they are made of goes with each when it is opened, and is held by nobody else.
    const served = prepared.splice(0).map((session, at) => {
      const token = issued[at] as Issued;
      return new ServedSession({ ...session, ...token, name: names[at] ?? '', board });
    });
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
    await tellReady({
      first: fetchFirstSets(
        served.map((session) => () => session.begin()),
        stopping.signal,
      ),
      stopping: stopping.signal,
      status: () => `${served.filter(({ hasSet }) => hasSet).length} of ${served.length} sessions have credentials`,
      tell: (...states) => notifySystemd(env, ...states),
    });
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
  stsClients: SharedStsClients | undefined,
): Promise<Prepared[]> {
  const resolver = await openResolver(request);
  const prepared: Prepared[] = [];
  // One after the other: there may be a person who is asked for something.
  for (const profile of profiles) {
    const resolved = resolver.resolve(profile);
    const { region } = resolved.options;
    const open = await prepareWithMfaCache(resolved, { env: request.env, defaults: servedSession, stsClients });
    prepared.push({ open, region: typeof region === 'string' ? region : undefined });
  }
  return prepared;
}

/** As many as there are names, unless it is to stop. */
async function issueAll(tokens: Tokens, names: readonly string[], stopping: AbortSignal): Promise<Issued[]> {
  const issued: Issued[] = [];
  for (let at = 0; at < names.length && !stopping.aborted; at += tokensAtOnce) {
    issued.push(...(await Promise.all(names.slice(at, at + tokensAtOnce).map((name) => tokens.issue(name)))));
  }
  return issued;
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

function imdsOf(served: readonly ServedSession[], name: string | undefined): Handler {
  const chosen = name === undefined ? served[0] : served.find((candidate) => candidate.name === name);
  if (!chosen) throw new CliError('usage', `--imds-profile ${name} names no session that is served.`);
  return imdsHandler({ role: chosen.name, open: chosen.session, region: chosen.region });
}

function announce(
  served: readonly ServedSession[],
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
