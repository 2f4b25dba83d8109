/** Every loop of kube-controller-manager. upstream: cmd/kube-controller-manager/app/controllermanager.go NewControllerDescriptors */
import type {Component} from '../client/types.ts';
import {deploymentController} from './deployment/deployment-controller.ts';
import {endpointsController} from './endpoints/endpoints-controller.ts';
import {endpointSliceController} from './endpointslice/endpointslice-controller.ts';
import {endpointSliceMirroringController} from './endpointslicemirroring/endpointslicemirroring-controller.ts';
import {garbageCollector} from './garbagecollector/garbage-collector.ts';
import {namespaceController} from './namespace/namespace-controller.ts';
import {nodeIpamController} from './nodeipam/node-ipam-controller.ts';
import {nodeLifecycleController} from './nodelifecycle/node-lifecycle-controller.ts';
import {replicaSetController, replicationController} from './replicaset/replica-set-controller.ts';
import {rootCaPublisher} from './root-ca-publisher.ts';
import {serviceAccountController} from './service-accounts.ts';

export const controllers: readonly Component[] = [
  endpointsController,
  endpointSliceController,
  endpointSliceMirroringController,
  replicationController,
  namespaceController,
  serviceAccountController,
  garbageCollector,
  deploymentController,
  replicaSetController,
  nodeIpamController,
  nodeLifecycleController,
  rootCaPublisher,
];
