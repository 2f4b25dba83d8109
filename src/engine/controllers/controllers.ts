/** Every loop of kube-controller-manager. upstream: cmd/kube-controller-manager/app/controllermanager.go NewControllerDescriptors */
import type {Component} from '../client/types.ts';
import {deploymentController} from './deployment/deployment-controller.ts';
import {replicaSetController, replicationController} from './replicaset/replica-set-controller.ts';

export const controllers: readonly Component[] = [deploymentController, replicaSetController, replicationController];
