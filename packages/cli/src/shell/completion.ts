/** Scripts that complete a command line, one for each shell, made from the commands themselves. Pure. */

/** A command, as far as completing it goes. */
export interface CommandFacts {
  readonly name: string;
  readonly about: string;
  readonly flags: readonly { readonly flag: string; readonly about: string; readonly takesValue: boolean }[];
  /** Whether its words are profiles. */
  readonly takesProfiles: boolean;
  /** The commands that it is made of, such as `list` of `brs hsm`; mostly none. */
  readonly commands: readonly CommandFacts[];
}

/** The shells that can complete. */
export const completed = ['bash', 'zsh', 'fish'] as const;

/** The script of a shell. Names of profiles are asked of the program when they are needed. */
export const completionFor: Readonly<
  Record<(typeof completed)[number], (commands: readonly CommandFacts[]) => string>
> = {
  bash: (commands) => `# brs for bash: eval "$(brs completion bash)"
_brs() {
  local current=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD - 1]} words='' index
  COMPREPLY=()
  for ((index = 1; index < COMP_CWORD; index++)); do
    if [[ \${COMP_WORDS[index]} == -- ]]; then
      COMPREPLY=($(compgen -A command -A file -- "$current"))
      return
    fi
  done
  if ((COMP_CWORD == 1)); then
    words='${commands.map(({ name }) => name).join(' ')}'
  elif [[ $before == --profile ]]; then
    words=$(brs completion profiles 2>/dev/null)
  else
    case \${COMP_WORDS[1]} in
${commands.map((command) => `      ${command.name}) ${bashWords(command)} ;;`).join('\n')}
    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _brs brs
`,

  zsh: (commands) => `#compdef brs
# brs for zsh: source <(brs completion zsh), after compinit
_brs() {
  local -a found
  if (( \${words[(I)--]} && \${words[(I)--]} < CURRENT )); then
    shift \${words[(I)--]} words
    (( CURRENT = \${#words} ))
    _normal
  elif (( CURRENT == 2 )); then
    found=(${commands.map(({ name, about }) => single(`${name}:${about}`)).join(' ')})
    _describe command found
  elif [[ \${words[CURRENT - 1]} == --profile ]]; then
    found=(\${(f)"$(brs completion profiles 2>/dev/null)"})
    _describe profile found
  else
    case \${words[2]} in
${commands.map((command) => `      ${command.name}) ${zshWords(command)} ;;`).join('\n')}
    esac
    _describe flag found
  fi
}
compdef _brs brs
`,

  fish: (commands) =>
    [
      '# brs for fish: brs completion fish | source',
      'complete -c brs -f',
      ...commands.flatMap((command) => fishLines(command, '__fish_use_subcommand', '')),
      '',
    ].join('\n'),
};

function bashWords({ flags, takesProfiles, commands }: CommandFacts): string {
  const flagNames = flags.map(({ flag }) => flag).join(' ');
  if (commands.length === 0)
    return `words='${flagNames}'${takesProfiles ? '" $(brs completion profiles 2>/dev/null)"' : ''}`;
  const inner = commands.map((command) => `${command.name}) ${bashWords(command)} ;;`).join(' ');
  return `case \${COMP_WORDS[2]} in ${inner} *) words='${commands.map(({ name }) => name).join(' ')}' ;; esac`;
}

function zshWords({ flags, takesProfiles, commands }: CommandFacts): string {
  const described = flags.map(({ flag, about }) => single(`${flag}:${about}`)).join(' ');
  const profiles = takesProfiles ? ' ${(f)"$(brs completion profiles 2>/dev/null)"}' : '';
  if (commands.length === 0) return `found=(${described}${profiles})`;
  const inner = commands.map((command) => `${command.name}) ${zshWords(command)} ;;`).join(' ');
  const names = commands.map(({ name, about }) => single(`${name}:${about}`)).join(' ');
  return `case \${words[3]} in ${inner} *) found=(${names}) ;; esac`;
}

/** @param where - when the name of the command itself is completed, and what has to be there before it. */
function fishLines(
  { name, about, flags, takesProfiles, commands }: CommandFacts,
  where: string,
  before: string,
): string[] {
  const seen = `${before}__fish_seen_subcommand_from ${name}`;
  const inside = `complete -c brs -n '${seen}'`;
  const others = commands.map((command) => command.name).join(' ');
  return [
    `complete -c brs -n '${where}' -a ${name} -d ${single(about)}`,
    ...(takesProfiles ? [`${inside} -a '(brs completion profiles 2>/dev/null)'`] : []),
    ...flags.map(({ flag, about: what, takesValue }) => {
      const values = flag === '--profile' ? ` -a '(brs completion profiles 2>/dev/null)'` : '';
      return `${inside} -l ${flag.slice(2)}${takesValue ? ' -r' : ''} -d ${single(what)}${values}`;
    }),
    ...commands.flatMap((command) =>
      fishLines(command, `${seen}; and not __fish_seen_subcommand_from ${others}`, `${seen}; and `),
    ),
  ];
}

/** Between single quotes, which no text of ours holds; where one does, a curly one stands for it. */
function single(text: string): string {
  return `'${text.replaceAll("'", '’')}'`;
}
