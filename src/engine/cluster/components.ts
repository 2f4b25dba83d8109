/** The table of everything that runs in a cluster. */
import type {Component} from '../client/types.ts';
import {controllers} from '../controllers/controllers.ts';
import {networkComponents} from '../network/components.ts';
import {createScheduler} from '../scheduler/component.ts';
import type {KubeSchedulerConfiguration} from '../scheduler/config/types.ts';

export interface ComponentOptions {
  /** A KubeSchedulerConfiguration. */
  schedulerConfiguration?: unknown;
}

export const createComponents = (options: ComponentOptions): Component[] => [
  ...controllers,
  ...networkComponents,
  createScheduler(options.schedulerConfiguration as KubeSchedulerConfiguration | undefined),
];
