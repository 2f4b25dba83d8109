/** The table of commands, in the groups of kubectl's own help. upstream: staging/src/k8s.io/kubectl/pkg/cmd/cmd.go */
import type {Command} from '../command.ts';
import type {Group} from '../help.ts';
import {create} from './create.ts';
import {deleteCommand} from './delete.ts';
import {describe} from './describe.ts';
import {get} from './get.ts';

export const commandGroups: readonly Group[] = [
  {title: 'Basic Commands (Beginner):', commands: [create]},
  {title: 'Basic Commands (Intermediate):', commands: [get, deleteCommand]},
  {title: 'Troubleshooting and Debugging Commands:', commands: [describe]},
];

export const commands: readonly Command[] = commandGroups.flatMap(group => group.commands);
