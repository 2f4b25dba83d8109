/** The table of commands, in the groups of kubectl's own help. upstream: staging/src/k8s.io/kubectl/pkg/cmd/cmd.go */
import type {Command} from '../command.ts';
import type {Group} from '../help/help.ts';
import {applyCommand} from './apply.ts';
import {auth} from './auth.ts';
import {autoscale} from './autoscale.ts';
import {certificate} from './certificate.ts';
import {clusterInfo} from './cluster-info.ts';
import {config} from './config.ts';
import {create} from './create.ts';
import {debug} from './debug.ts';
import {completion, cp, kustomize, plugin, proxy} from './declined.ts';
import {deleteCommand} from './delete.ts';
import {describe} from './describe.ts';
import {diff} from './diff.ts';
import {apiResources, apiVersions, events, version} from './discovery.ts';
import {drain} from './drain.ts';
import {attach, exec, portForward} from './exec.ts';
import {explain} from './explain.ts';
import {explainScheduling} from './explain-scheduling.ts';
import {expose} from './expose.ts';
import {get} from './get.ts';
import {logs} from './logs.ts';
import {annotate, label} from './metadata.ts';
import {cordon, taint, uncordon} from './nodes.ts';
import {edit, patch, replace} from './patch.ts';
import {rollout} from './rollout.ts';
import {run} from './run.ts';
import {scale} from './scale.ts';
import {set} from './set.ts';
import {top} from './top.ts';
import {wait} from './wait.ts';

export const commandGroups: readonly Group[] = [
  {title: 'Basic Commands (Beginner):', commands: [create, expose, run, set]},
  {title: 'Basic Commands (Intermediate):', commands: [explain, get, edit, deleteCommand]},
  {title: 'Deploy Commands:', commands: [rollout, scale, autoscale]},
  {title: 'Cluster Management Commands:', commands: [certificate, clusterInfo, top, cordon, uncordon, drain, taint]},
  {title: 'Troubleshooting and Debugging Commands:', commands: [describe, logs, attach, exec, portForward, proxy, cp, auth, debug, events]},
  {title: 'Commands of podyssey (not part of the real kubectl):', commands: [explainScheduling]},
  {title: 'Advanced Commands:', commands: [diff, applyCommand, patch, replace, wait, kustomize]},
  {title: 'Settings Commands:', commands: [label, annotate, completion]},
  {title: 'Other Commands:', commands: [apiResources, apiVersions, config, plugin, version]},
];

export const commands: readonly Command[] = commandGroups.flatMap(group => group.commands);
