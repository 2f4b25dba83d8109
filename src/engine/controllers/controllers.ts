/** Every loop of kube-controller-manager. upstream: cmd/kube-controller-manager/app/controllermanager.go NewControllerDescriptors */
import type {Component} from '../client/types.ts';
import {deploymentController} from './deployment/deployment-controller.ts';
import {endpointSliceController} from './endpointslice/endpointslice-controller.ts';
import {nodeIpamController} from './nodeipam/node-ipam-controller.ts';
import {replicaSetController, replicationController} from './replicaset/replica-set-controller.ts';

export const controllers: readonly Component[] = [
  endpointSliceController,
  replicationController,
  deploymentController,
  replicaSetController,
  nodeIpamController,
];
