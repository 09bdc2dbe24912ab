import type { Command } from 'commander';
import { UsageError } from './terminal.ts';

export const shells = ['bash', 'zsh', 'fish'] as const;

/**
 * A script that completes commands and options in a shell. It knows them all by itself, so completing starts no
 * process.
 */
export function completionScript(program: Command, shell: string): string {
  const words = wordsOf(program, []);
  switch (shell) {
    case 'bash':
      return bash(words);
    case 'zsh':
      return `#compdef interlock\nautoload -U +X bashcompinit && bashcompinit\n${bash(words)}`;
    case 'fish':
      return fish(program);
    default:
      throw new UsageError(`There is no completion for "${shell}"; there is for ${shells.join(', ')}.`);
  }
}

/** What may follow each chain of commands. */
function wordsOf(command: Command, path: readonly string[]): [path: string, words: readonly string[]][] {
  const below = command.commands.map((child) => child.name());
  const options = command.options.flatMap(({ long }) => (long == null ? [] : [long]));
  const own: [string, readonly string[]] = [path.join(' '), [...below, ...options, '--help']];
  return [own, ...command.commands.flatMap((child) => wordsOf(child, [...path, child.name()]))];
}

function bash(words: ReturnType<typeof wordsOf>): string {
  const cases = words.map(([path, next]) => `    '${path}') next='${next.join(' ')}' ;;`);
  return `_interlock() {
  local current=\${COMP_WORDS[COMP_CWORD]} path='' word next='' i
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    case $word in -*) break ;; esac
    case "$path $word" in
${words
  .filter(([path]) => path !== '')
  .map(([path]) => `      '${path.includes(' ') ? path : ` ${path}`}') path='${path}' ;;`)
  .join('\n')}
    esac
  done
  case $path in
${cases.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$next" -- "$current"))
}
complete -o default -F _interlock interlock
`;
}

function fish(program: Command): string {
  const lines = ['complete -c interlock -f'];
  const add = (command: Command, path: readonly string[]): void => {
    const condition =
      path.length === 0
        ? '__fish_use_subcommand'
        : path.map((name) => `__fish_seen_subcommand_from ${name}`).join('; and ');
    for (const child of command.commands) {
      lines.push(`complete -c interlock -n '${condition}' -a ${child.name()} -d '${quoted(child.description())}'`);
    }
    for (const { long, description } of command.options) {
      if (long != null)
        lines.push(`complete -c interlock -n '${condition}' -l ${long.slice(2)} -d '${quoted(description)}'`);
    }
    for (const child of command.commands) add(child, [...path, child.name()]);
  };
  add(program, []);
  return `${lines.join('\n')}\n`;
}

function quoted(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll("'", "\\'");
}
