/** Every loop of cloud-controller-manager. */
import type {Component} from '../../client/types.ts';
import {cloudNodeLifecycleController} from './node-lifecycle-controller.ts';
import {cloudRouteController} from './route-controller.ts';
import {cloudServiceController} from './service-controller.ts';

export const cloudControllers: readonly Component[] = [cloudNodeLifecycleController, cloudServiceController, cloudRouteController];
