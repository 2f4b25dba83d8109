/** The table of everything that runs in a cluster. */
import {leaderElector, ledBy} from '../client/leader-election.ts';
import type {Component} from '../client/types.ts';
import {cloudControllers} from '../controllers/cloud/cloud-controllers.ts';
import {controllers} from '../controllers/controllers.ts';
import {networkComponents} from '../network/components.ts';
import {createScheduler, KUBE_SCHEDULER} from '../scheduler/component.ts';
import type {KubeSchedulerConfiguration} from '../scheduler/config/types.ts';
import type {NodePrograms} from './nodes.ts';
import {postFromScheduler} from './scheduler-way.ts';

export interface ComponentOptions {
  /** A KubeSchedulerConfiguration. */
  schedulerConfiguration?: unknown;
}

export const createComponents = (options: ComponentOptions, nodes: NodePrograms): Component[] => [
  ...controllers,
  ...cloudControllers,
  ...networkComponents(nodes.networkInstalled),
  ...nodes.components,
  leaderElector({
    program: KUBE_SCHEDULER,
    user: {username: 'system:kube-scheduler', groups: ['system:authenticated']},
    loops: [KUBE_SCHEDULER],
  }),
  ledBy(
    KUBE_SCHEDULER,
    createScheduler(options.schedulerConfiguration as KubeSchedulerConfiguration | undefined, postFromScheduler(nodes)),
  ),
];
