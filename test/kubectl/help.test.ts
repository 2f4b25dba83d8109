import {describe, expect, test} from 'vitest';
import type {Command} from '../../src/kubectl/command.ts';
import {commands} from '../../src/kubectl/commands/commands.ts';
import {helpPage} from '../../src/kubectl/help/help.ts';

const all = (path: string, command: Command): [string, Command][] => [
  [path, command],
  ...(command.subcommands ?? []).flatMap(each => all(`${path} ${each.name}`, each)),
];

const usage = (page: string): string => /Usage:\n {2}(.*)\n/.exec(page)?.[1] ?? '';

describe('kubectl COMMAND --help', () => {
  test.each(commands.flatMap(command => all(`kubectl ${command.name}`, command)))('%s', (path, command) => {
    const page = helpPage(path, command);
    expect(page).toMatch(/^[A-Z].*\.\n/);
    expect(usage(page)).toMatch(new RegExp(`^${path}( .*)?\\[options\\]`));
    expect(usage(page).match(/\[options\]/g)).toHaveLength(1);
    for (const [name, flag] of Object.entries(command.flags ?? {})) if (!flag.hidden) expect(page).toContain(`--${name}=`);
    for (const {name, short} of command.subcommands ?? [])
      expect(page).toMatch(new RegExp(`^ {2}${name} +${short.slice(0, 10).replace(/[()]/g, '\\$&')}`, 'm'));
  });

  test.each([
    ['create', 'kubectl create -f FILENAME [options]'],
    ['apply', 'kubectl apply (-f FILENAME | -k DIRECTORY) [options]'],
    ['set', 'kubectl set SUBCOMMAND [options]'],
    ['auth', 'kubectl auth [flags] [options]'],
  ])('%s can do something itself, or only through its subcommands', (name, expected) => {
    expect(usage(helpPage(`kubectl ${name}`, commands.find(command => command.name === name)!))).toBe(expected);
  });

  test('says in paragraphs what one line does not, other names, and examples', () => {
    const page = helpPage(
      'kubectl create deployment',
      commands.find(({name}) => name === 'create')!.subcommands!.find(({name}) => name === 'deployment')!,
    );
    expect(page.slice(0, page.indexOf('Options:'))).toBe(`Create a deployment with the specified name.

 Its pods are labelled app=NAME. What stands behind -- runs instead of what the image would start.

Aliases:
deployment, deploy

Examples:
  # One pod
  kubectl create deployment shop --image=nginx:1.27
  
  # Three pods that say which port they listen on
  kubectl create deployment front --image=nginx:1.27 --replicas=3 --port=80
  
  # With a command of its own
  kubectl create deployment idle --image=busybox:1.36 -- sleep 3600
  
  # Two containers in each pod
  kubectl create deployment pair --image=nginx:1.27 --image=redis:7.4

`);
  });
});
