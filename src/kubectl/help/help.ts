/** `--help` pages. upstream: staging/src/k8s.io/kubectl/pkg/util/templates */
import type {Command} from '../command.ts';
import type {FlagTable} from '../flags.ts';
import {GLOBAL_FLAGS} from '../global-flags.ts';
import {pageOf} from './pages.ts';

const defaultOf = (flag: FlagTable[string]): string => {
  if (flag.type === 'list' || flag.type === 'array') return `[${flag.value ?? ''}]`;
  if (flag.type === 'string') return `'${flag.value ?? ''}'`;
  return flag.value ?? (flag.type === 'bool' ? 'false' : '0');
};

/** One flag with its default, and its sentence below it. */
const flagLines = (flags: FlagTable): string =>
  Object.keys(flags)
    .filter(name => !flags[name]!.hidden)
    .sort()
    .map(name => {
      const flag = flags[name]!;
      return `    ${flag.short ? `-${flag.short}, ` : ''}--${name}=${defaultOf(flag)}:\n\t${flag.usage}\n`;
    })
    .join('\n');

const column = (commands: readonly Command[]): string => {
  const width = Math.max(...commands.map(c => c.name.length)) + 2;
  return commands.map(c => `  ${c.name.padEnd(width)}${c.short}\n`).join('');
};

/** A command that only holds others names none of its arguments; where one says itself where its options stand, they are not named again. */
function usageLine(path: string, {use, subcommands}: Command): string {
  const full = `kubectl ${use}`;
  if (subcommands && full === path) return `${path} [flags] [options]`;
  return full.includes('[options]') ? full : `${full} [options]`;
}

/** The help page of a command. */
export function helpPage(path: string, command: Command): string {
  const {long = [], examples = []} = pageOf(path);
  const sections = [`${command.short}.\n`.replace('..', '.'), ...long.map(paragraph => ` ${paragraph}\n`)];
  if (command.aliases?.length) sections.push(`Aliases:\n${[command.name, ...command.aliases].join(', ')}\n`);
  if (examples.length > 0) sections.push(`Examples:\n${examples.map(([what, line]) => `  # ${what}\n  kubectl ${line}\n`).join('  \n')}`);
  if (command.subcommands) sections.push(`Available Commands:\n${column(command.subcommands)}`);
  if (command.flags && Object.keys(command.flags).length > 0) sections.push(`Options:\n${flagLines(command.flags)}`);
  sections.push(`Usage:\n  ${usageLine(path, command)}\n`);
  if (command.subcommands) sections.push(`Use "${path} <command> --help" for more information about a given command.`);
  sections.push('Use "kubectl options" for a list of global command-line options (applies to all commands).\n');
  return sections.join('\n').replace('command.\n\nUse "kubectl options"', 'command.\nUse "kubectl options"');
}

/** `kubectl options` */
export const optionsPage = (): string => `The following options can be passed to any command:\n\n${flagLines(GLOBAL_FLAGS)}`;

export interface Group {
  title: string;
  commands: readonly Command[];
}

/** `kubectl` without a command. */
export function rootPage(groups: readonly Group[]): string {
  const width = Math.max(...groups.flatMap(g => g.commands.map(c => c.name.length))) + 2;
  const lists = groups.map(({title, commands}) => `${title}\n${commands.map(c => `  ${c.name.padEnd(width)}${c.short}\n`).join('')}`);
  return [
    'kubectl controls the Kubernetes cluster manager.\n',
    ' Find more information at: https://kubernetes.io/docs/reference/kubectl/\n',
    ...lists,
    'Usage:\n  kubectl [flags] [options]\n',
    'Use "kubectl <command> --help" for more information about a given command.\nUse "kubectl options" for a list of global command-line options (applies to all commands).\n',
  ].join('\n');
}
