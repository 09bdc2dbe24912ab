import { Readable } from 'node:stream';
import { createProgram } from '../../packages/cli/src/program.ts';
import { code, table } from './table.ts';

type Command = ReturnType<typeof createProgram>;

/** Every command of `interlock`, as it describes itself. */
export function cliPage(): string {
  const terminal = {
    env: {},
    clock: { now: () => 0 },
    nodeVersion: '',
    input: Readable.from([]),
    onEnd: () => {},
    print: () => {},
    complain: () => {},
  };
  const program = createProgram(terminal, () => {});
  const everywhere = program.options.map(({ flags, description }) => `${code(flags)} (${description})`);
  return `# The interlock command

${program.description()} From a clone, it is run as \`npx interlock\`.

${textAfterHelp(program)}

Every command takes ${everywhere.join(', ')} and \`--help\`.

${program.commands.map((command) => sections(command, program, 2)).join('\n\n')}
`;
}

function sections(command: Command, program: Command, level: number): string {
  const own = section(command, program, level);
  return [own, ...command.commands.map((child) => sections(child, program, level + 1))].join('\n\n');
}

function section(command: Command, program: Command, level: number): string {
  const help = command.createHelp();
  const parts = [`${'#'.repeat(level)} ${pathOf(command)}`, sentence(command.description())];
  if (command.commands.length > 0) return parts.join('\n\n');
  parts.push(`\`\`\`text\nnpx ${help.commandUsage(command)}\n\`\`\``);
  const inherited = new Set(program.options.map(({ flags }) => flags));
  const options = command.options.filter(({ flags, hidden }) => !hidden && !inherited.has(flags));
  if (options.length > 0) {
    parts.push(
      table(
        ['option', '', 'meaning'],
        options.map((option) => [
          code(option.flags),
          option.mandatory ? 'required' : '',
          help.optionDescription(option),
        ]),
      ),
    );
  }
  const examples = textAfterHelp(command).match(/(?<=^ +)npx .+$/gm) ?? [];
  if (examples.length > 0) parts.push(`\`\`\`sh\n${examples.join('\n')}\n\`\`\``);
  return parts.join('\n\n');
}

/** What a command's help says after usage and options. */
function textAfterHelp(command: Command): string {
  const parts: string[] = [];
  command.configureOutput({ writeOut: (part) => void parts.push(part) }).outputHelp();
  return parts.join('').slice(command.helpInformation().length).trim();
}

function pathOf(command: Command): string {
  return command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`;
}

function sentence(clause: string): string {
  return `${clause.charAt(0).toUpperCase()}${clause.slice(1)}.`;
}
