/** The commands, their flags and their help. What a command does is loaded when it is run, and not before. */
import { Command, Option } from 'commander';
import { type Shorthand, shorthands, splitArguments } from './flags.js';
import { declareHsm } from './hsm/declare.js';
import { hsmFlags } from './hsm/flags.js';
import type { CommandFacts } from './shell/completion.js';
import type { CommandContext } from './commands/session-command.js';
import { version } from './version.js';

/** What a command does. */
export type Run = (flags: never, context: CommandContext, words: readonly string[]) => void | Promise<void>;

/**
 * Runs a command line, without the program's name.
 *
 * @throws CliError, and what the command throws.
 */
export async function runProgram(argv: readonly string[], env: NodeJS.ProcessEnv): Promise<void> {
  const program = new Command('brs')
    .description('AWS credentials that refresh for ever, for programs in any language.')
    .version(version)
    .configureHelp({ showGlobalOptions: false, sortSubcommands: false })
    .addHelpText('after', '\nOptions of a session are those of its packages, by dotted names: --assume-role.RoleArn.')
    .exitOverride();
  let flags: CommandContext['flags'] = { options: {}, originOf: () => '' };

  const command = (
    name: string,
    about: string,
    load: () => Promise<{ readonly run: Run }>,
    words?: string,
    parent: Command = program,
  ): Command => {
    const made = parent.command(name).description(about);
    if (words) made.argument(words);
    return made.action(async (...given: unknown[]) => {
      const { run } = await load();
      const [options] = words ? [given[1]] : given;
      await run(
        options as never,
        { flags, env, commands: () => factsOf(program) },
        words ? (given[0] as string[]) : [],
      );
    });
  };

  const session = (
    name: string,
    about: string,
    load: () => Promise<{ readonly run: Run }>,
    words?: string,
  ): Command => {
    const made = command(name, about, load, words)
      .option('--profile <name>', 'a profile of brs.config.*, of a section [brs name], or of AWS')
      .option('--config <file>', 'the configuration')
      .option('--verbose', 'say the causes of an error');
    for (const shorthand of shorthands) made.addOption(describe(shorthand));
    return made;
  };

  session('exec', 'run a command with credentials that stay fresh', () => import('./commands/exec.js'), '[command...]')
    .usage('[options] -- command …')
    .option('--env', 'hand over plain variables, which nothing refreshes');
  session(
    'serve',
    'give credentials to other programs of this machine',
    () => import('./commands/serve.js'),
    '[profiles...]',
  )
    .usage('[options] [profile …]')
    .addOption(new Option('--port <number>', 'the port; default: one that is free').env('BRS_PORT'))
    .option('--listen <address>', 'the address; default: 127.0.0.1')
    .option(
      '--allow-host <name>',
      'another name that requests may be addressed to; repeat it for more',
      (name: string, before: string[] | undefined) => [...(before ?? []), name],
    )
    .option('--expose-to-other-machines', 'let an address be listened on that is not of this machine alone')
    .option('--token-dir <folder>', 'keep the tokens there, from one run to the next')
    .option('--imds', 'serve a session as instance metadata, version 2, too')
    .option('--imds-profile <name>', 'which one; default: the first')
    .option('--imds-port <number>', 'the port of that')
    .option('--json', 'say as one line of JSON where it is');
  session('watch', 'show what sessions do, while they do it', () => import('./commands/watch.js'), '[profiles...]')
    .usage('[options] [profile …]')
    .option('--serve [folder]', 'the sessions of a running brs serve, found by its token folder')
    .option('--json', 'a line of JSON for everything that happens');
  session(
    'credential-process',
    'print one set, for credential_process in ~/.aws/config',
    () => import('./commands/credential-process.js'),
  ).option('--no-cache', 'ask the source each time');
  session('whoami', 'say who the session is', () => import('./commands/whoami.js')).option('--json', 'as JSON');
  session('doctor', 'find out why it does not work, and what to do', () => import('./commands/doctor.js'))
    .option('--json', 'as JSON')
    .option('--ask', 'ask for MFA codes and secrets on the terminal, where they are needed')
    .option('--risk-pin', 'present the PIN of a token that has counted wrong ones')
    .option('--timeout <seconds>', 'the limit for everything; default: 30');
  session('env', 'print the credentials as lines for a shell', () => import('./commands/env.js')).option(
    '--shell <name>',
    'sh, fish or powershell; default: the one in use',
  );
  command(
    'completion',
    'print what makes a shell complete: bash, zsh, fish',
    () => import('./commands/completion.js'),
    '<shell...>',
  );
  declareHsm(program.command('hsm'), command);
  command('methods', 'list the ways to get credentials', () => import('./commands/methods.js')).option(
    '--json',
    'as JSON',
  );

  const called = commandOf(program, argv);
  let words = [...argv];
  if (called.options.some(({ long }) => long === '--profile')) {
    const short = called.parent?.name() === 'hsm' ? hsmFlags : shorthands;
    const split = splitArguments(argv, knownFlags(called, short), short);
    flags = split.session;
    words = split.own;
  }
  await program.parseAsync(words, { from: 'user' });
}

/** The command that the words name: a command of a command too. */
function commandOf(program: Command, argv: readonly string[]): Command {
  let found = program;
  for (const word of argv.filter((candidate) => !candidate.startsWith('-'))) {
    const next = found.commands.find((candidate) => candidate.name() === word);
    if (!next) break;
    found = next;
  }
  return found;
}

/** What completing a command line takes. */
function factsOf({ commands }: Command): CommandFacts[] {
  return commands.map((command) => ({
    name: command.name(),
    about: command.description(),
    flags: command.options.map(({ long, description, required }) => ({
      flag: long ?? '',
      about: description,
      takesValue: required,
    })),
    takesProfiles: command.registeredArguments.some((argument) => argument.name() === 'profiles'),
    commands: factsOf(command),
  }));
}

/** The flags that a command's parser knows, and whether each takes a value. Those of the session are not its business. */
function knownFlags({ options }: Command, short: readonly Shorthand[]): Map<string, boolean> {
  const known = new Map([
    ['--help', false],
    ['--version', false],
  ]);
  for (const { long, required } of options) {
    if (long && !short.some(({ flag }) => flag === long)) known.set(long, required);
  }
  return known;
}

function describe({ flag, argument, about, path, env }: Shorthand): Option {
  return new Option(`${flag} <${argument}>`, `${about} (${path.join('.')}, ${env})`);
}
