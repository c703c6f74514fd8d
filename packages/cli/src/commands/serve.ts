/** `brs serve`: an endpoint for other programs of this machine, with any number of sessions. */
import { once } from 'node:events';
import type { RefreshableSession } from '@brs/core';
import { CliError } from '../cli-error.js';
import { containerHandler, containerPath, type ContainerRoute } from '../endpoint/container.js';
import { type GuardedServer, type Handler, listen } from '../endpoint/guarded-server.js';
import { imdsHandler } from '../endpoint/imds.js';
import { servedSession } from '../endpoint/windows.js';
import { print, say } from '../print.js';
import { describe } from '../report.js';
import { openWithMfaCache } from '../session/mfa-cache.js';
import { checkNames, portOf, type ServeFlags } from '../serve/flags.js';
import { handedOverSocket, notifySystemd } from '../serve/systemd.js';
import { openTokens, type Tokens } from '../serve/tokens.js';
import { type CommandContext, resolveFlags } from './session-command.js';

interface Served extends ContainerRoute {
  readonly tokenPath: string;
  readonly region: string | undefined;
  close(): Promise<void>;
}

export async function run(flags: ServeFlags, context: CommandContext, words: readonly string[]): Promise<void> {
  const { env } = context;
  // Without names it is one session, as any other command has it.
  const profiles = words.length > 0 ? words : [undefined];
  const names = profiles.map((profile) => profile ?? flags.profile ?? 'default');
  checkNames(names);
  const [port, imdsPort] = [portOf(flags.port, '--port'), portOf(flags.imdsPort, '--imds-port')];
  const shared = { address: flags.listen, hosts: flags.allowHost, exposed: flags.exposeToOtherMachines };
  const stopped = Promise.race(['SIGTERM', 'SIGINT'].map((signal) => once(process, signal)));
  const tokens = await openTokens(flags.tokenDir, env);
  const opened: { close(): Promise<void> }[] = [tokens];
  try {
    const served: Served[] = [];
    for (const [index, name] of names.entries()) {
      const session = await open({ ...flags, profile: profiles[index] ?? flags.profile }, context, name, tokens);
      opened.unshift(session);
      served.push(session);
    }
    const server = await listen(containerHandler(served), { ...shared, port, descriptor: handedOverSocket(env) });
    opened.unshift(server);
    const imds = flags.imds
      ? await listen(imdsOf(served, flags.imdsProfile), { ...shared, port: imdsPort })
      : undefined;
    if (imds) opened.unshift(imds);
    announce(served, server, imds, flags.json);
    await Promise.race([Promise.allSettled(served.map(({ session }) => session.ready())), stopped]);
    const ready = served.filter(({ session }) => session.status().fetchedAt !== undefined).length;
    await notifySystemd(env, '--ready', `--status=${ready} of ${served.length} sessions have credentials`);
    await stopped;
    await notifySystemd(env, 'STOPPING=1');
  } finally {
    // The endpoints first, so that nobody is answered by a session that has been closed.
    for (const part of opened) await part.close();
  }
}

async function open(flags: ServeFlags, context: CommandContext, name: string, tokens: Tokens): Promise<Served> {
  const resolved = await resolveFlags(context, flags);
  const { session, close } = await openWithMfaCache(resolved, { env: context.env, defaults: servedSession });
  tellOf(session, name);
  const { region } = resolved.options;
  const { token, path } = await tokens.issue(name);
  return { name, session, token, tokenPath: path, region: typeof region === 'string' ? region : undefined, close };
}

/** One line when it begins to fail, and one when it is over. */
function tellOf(session: RefreshableSession, name: string): void {
  let isFailing = false;
  session.on('refreshFailed', ({ error, terminal }) => {
    if (!isFailing || terminal) say(`${name}: ${describe(error)}`);
    isFailing = true;
  });
  session.on('refreshSucceeded', ({ expiration }) => {
    if (isFailing)
      say(`${name}: it works again; the credentials are good until ${expiration?.toISOString() ?? 'for ever'}.`);
    isFailing = false;
  });
}

function imdsOf(served: readonly Served[], name: string | undefined): Handler {
  const chosen = name === undefined ? served[0] : served.find((candidate) => candidate.name === name);
  if (!chosen) throw new CliError('usage', `--imds-profile ${name} names no session that is served.`);
  return imdsHandler({ role: chosen.name, session: chosen.session, region: chosen.region });
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
