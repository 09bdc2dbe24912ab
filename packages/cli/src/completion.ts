import type { Command } from 'commander';
import { UsageError } from './terminal.ts';

export const shells = ['bash', 'zsh', 'fish'] as const;

/**
 * A script that completes commands, options and the words that some of them choose from. It knows them all by itself, so
 * completing starts no process.
 */
export function completionScript(program: Command, shell: string): string {
  switch (shell) {
    case 'bash':
      return `${bash(placesOf(program, []))}complete -o default -F _interlock interlock\n`;
    case 'zsh':
      // Loaded as a function at the first Tab, the completion that asked for it is under way and has to be answered as well.
      return `#compdef interlock
autoload -U +X bashcompinit && bashcompinit
${bash(placesOf(program, []))}complete -o default -F _interlock interlock
[[ \${funcstack[1]} != _interlock ]] || _bash_complete -o default -F _interlock
`;
    case 'fish':
      return fish(placesOf(program, []));
    default:
      throw new UsageError(`There is no completion for "${shell}"; there is for ${shells.join(', ')}.`);
  }
}

/** A chain of commands, and what may follow it. */
interface Place {
  /** Empty for the program itself. */
  readonly path: string;
  readonly below: readonly Word[];
  readonly options: readonly (Word & { readonly takes: boolean; readonly choices: readonly string[] })[];
  /** What an argument chooses from. */
  readonly choices: readonly string[];
}

interface Word {
  readonly name: string;
  readonly description: string;
}

function placesOf(command: Command, path: readonly string[]): Place[] {
  const own: Place = {
    path: path.join(' '),
    below: command.commands.map((child) => ({ name: child.name(), description: child.description() })),
    options: [
      ...command.options.flatMap(({ long, description, argChoices = [], required, optional }) =>
        long == null ? [] : [{ name: long, description, takes: required || optional, choices: argChoices }],
      ),
      { name: '--help', description: 'display help', takes: false, choices: [] },
    ],
    choices: command.registeredArguments.flatMap(({ argChoices = [] }) => argChoices),
  };
  return [own, ...command.commands.flatMap((child) => placesOf(child, [...path, child.name()]))];
}

function bash(places: readonly Place[]): string {
  const commands = places.filter(({ path }) => path !== '');
  const next = places.map(
    ({ path, below, options, choices }) =>
      `    '${path}') next='${[...below, ...options]
        .map(({ name }) => name)
        .concat(choices)
        .join(' ')}' ;;`,
  );
  const values = places.flatMap(({ path, options }) =>
    options.flatMap(({ name, choices }) =>
      choices.length === 0 ? [] : [`    '${path} ${name}') next='${choices.join(' ')}' ;;`],
    ),
  );
  const taking = places.flatMap(({ path, options }) =>
    options.flatMap(({ name, takes, choices }) => (takes && choices.length === 0 ? [`'${path} ${name}'`] : [])),
  );
  // What an option takes is no command, whatever it is called; where nothing is known of it, files are offered.
  return `_interlock() {
  local current=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]} path='' word next='' i
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    case "\${path:+$path }$word" in
${commands.map(({ path }) => `      '${path}') path='${path}' ;;`).join('\n')}
    esac
  done
  case $path in
${next.join('\n')}
  esac
  case "$path $before" in
${values.join('\n')}
    ${taking.join('|')}) COMPREPLY=(); return ;;
  esac
  COMPREPLY=($(compgen -W "$next" -- "$current"))
}
`;
}

function fish(places: readonly Place[]): string {
  const lines = ['complete -c interlock -f'];
  for (const { path, below, options, choices } of places) {
    const names = below.map(({ name }) => name).join(' ');
    const here =
      path === ''
        ? ''
        : path
            .split(' ')
            .map((name) => `__fish_seen_subcommand_from ${name}`)
            .join('; and ');
    const open =
      names === ''
        ? here
        : [here, `not __fish_seen_subcommand_from ${names}`].filter((part) => part !== '').join('; and ');
    const on = (condition: string) => (condition === '' ? '' : ` -n '${condition}'`);
    for (const { name, description } of below) {
      lines.push(`complete -c interlock${on(open)} -a ${name} -d '${quoted(description)}'`);
    }
    if (choices.length > 0) lines.push(`complete -c interlock${on(here)} -a '${choices.join(' ')}'`);
    for (const { name, description, takes, choices: values } of options) {
      const value = values.length > 0 ? ` -x -a '${values.join(' ')}'` : takes ? ' -r' : '';
      lines.push(`complete -c interlock${on(here)} -l ${name.slice(2)}${value} -d '${quoted(description)}'`);
    }
  }
  return `${lines.join('\n')}\n`;
}

function quoted(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll("'", "\\'");
}
