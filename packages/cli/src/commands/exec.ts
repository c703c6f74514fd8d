/** `brs exec`: runs a command with the credentials of a session, which stay fresh for as long as it runs. */
import { randomBytes } from 'node:crypto';
import { CliError } from '../cli-error.js';
import { defaultProfileWins, readAwsFiles } from '../config/aws-profile.js';
import { containerHandler, containerPath, ContainerRoute } from '../endpoint/container.js';
import { listen } from '../endpoint/guarded-server.js';
import { servedSession } from '../endpoint/windows.js';
import { environmentOf } from '../exec/environment.js';
import { type CommandEnd, endAs, runCommand } from '../exec/run-command.js';
import { say } from '../print.js';
import { describe } from '../report.js';
import { openWithMfaCache } from '../session/mfa-cache.js';
import type { OpenSession } from '../session/open.js';
import { type CommandContext, resolveFlags, type SessionFlags } from './session-command.js';

interface ExecFlags extends SessionFlags {
  readonly env?: true;
}

export async function run(flags: ExecFlags, context: CommandContext, command: readonly string[]): Promise<void> {
  const prepared = await prepare(flags, context, command).catch((error: unknown) => {
    // 125, whatever it was, so that it is not taken for the command's own end.
    throw new CliError('notStarted', describe(error), error instanceof Error ? { cause: error.cause } : {});
  });
  let end: CommandEnd;
  try {
    end = await runCommand(command, prepared.env);
  } finally {
    await prepared.close();
  }
  endAs(end);
}

interface Prepared {
  readonly env: NodeJS.ProcessEnv;
  close(): Promise<void>;
}

/** Does everything that can fail before the command is started. */
async function prepare(flags: ExecFlags, context: CommandContext, command: readonly string[]): Promise<Prepared> {
  if (command.length === 0) {
    throw new CliError('usage', 'No command was given.', {
      hint: 'It stands behind --: brs exec --profile prod -- aws s3 ls',
    });
  }
  const outer = context.env;
  const resolved = await resolveFlags(context, flags);
  const { region } = resolved.options;
  const files = defaultProfileWins(await readAwsFiles(outer));
  const opened = await openWithMfaCache(resolved, { env: outer, defaults: flags.env ? {} : servedSession });
  try {
    await opened.session.ready();
    const given = flags.env ? { variables: await plainVariables(opened) } : await privateEndpoint(opened);
    const env = { outer, credentials: given.variables, region: typeof region === 'string' ? region : undefined, files };
    return {
      env: environmentOf(env),
      async close() {
        if ('close' in given) await given.close();
        await opened.close();
      },
    };
  } catch (error) {
    await opened.close();
    throw error;
  }
}

interface PrivateEndpoint {
  readonly variables: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/** A container endpoint that nobody else knows: a port that is free, and a token for this command alone. */
async function privateEndpoint({ session }: OpenSession): Promise<PrivateEndpoint> {
  const token = randomBytes(32).toString('base64url');
  const name = 'exec';
  session.on('refreshFailed', ({ terminal, error }) => {
    if (terminal) say(describe(error));
  });
  const server = await listen(containerHandler([new ContainerRoute({ name, token, open: () => session })]));
  return {
    variables: {
      AWS_CONTAINER_CREDENTIALS_FULL_URI: `${server.origin}${containerPath(name)}`,
      AWS_CONTAINER_AUTHORIZATION_TOKEN: token,
    },
    close: () => server.close(),
  };
}

async function plainVariables({ session }: OpenSession): Promise<Readonly<Record<string, string>>> {
  const variables = await session.toEnv();
  const { AWS_CREDENTIAL_EXPIRATION: end } = variables;
  say(end ? `The credentials end at ${end}. Nothing refreshes them.` : 'The credentials do not end.');
  return variables;
}
