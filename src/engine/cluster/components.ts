/** The table of everything that runs in a cluster. */
import type {Component} from '../client/types.ts';
import {controllers} from '../controllers/controllers.ts';
import {networkComponents} from '../network/components.ts';

export interface ComponentOptions {
  /** KubeSchedulerConfiguration documents, if any. */
  schedulerConfiguration?: unknown;
}

export const createComponents = (_options: ComponentOptions): Component[] => [...controllers, ...networkComponents];
