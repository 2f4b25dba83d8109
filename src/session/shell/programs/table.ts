/** Everything that can be typed at the prompt and runs in the learner's shell. */
import type {Program} from '../shell.ts';
import {chaos} from './chaos.ts';
import {claim} from './claim.ts';
import {crictl} from './crictl.ts';
import {etcdctl} from './etcdctl.ts';
import {exportVariable, unset} from './export.ts';
import {cat, editFile, ls} from './files.ts';
import {kubectl} from './kubectl.ts';
import {networkPrograms} from './network.ts';
import {textPrograms} from './text.ts';
import {trafficPrograms} from './traffic.ts';
import {wait} from './wait.ts';
import {xargs} from './xargs.ts';

export const programs: readonly Program[] = [
  kubectl,
  etcdctl,
  crictl,
  cat,
  ls,
  editFile,
  exportVariable,
  unset,
  chaos,
  claim,
  wait,
  ...textPrograms,
  xargs,
  ...networkPrograms,
  ...trafficPrograms,
];

export const programNamed = (name: string): Program | undefined => programs.find(p => p.name === name || p.aliases?.includes(name));
