/** Every loop of kube-controller-manager. upstream: cmd/kube-controller-manager/app/controllermanager.go NewControllerDescriptors */
import {leaderElector, ledBy} from '../client/leader-election.ts';
import type {Component} from '../client/types.ts';
import {csrApprovingController, csrCleanerController, csrSigningController} from './certificates/certificate-controllers.ts';
import {clusterRoleAggregationController} from './cluster-role-aggregation-controller.ts';
import {KUBE_CONTROLLER_MANAGER, sharedInformers} from './common/controller.ts';
import {cronJobController} from './cronjob/cron-job-controller.ts';
import {daemonSetController} from './daemonset/daemon-set-controller.ts';
import {deploymentController} from './deployment/deployment-controller.ts';
import {disruptionController} from './disruption/disruption-controller.ts';
import {endpointsController} from './endpoints/endpoints-controller.ts';
import {endpointSliceController} from './endpointslice/endpointslice-controller.ts';
import {endpointSliceMirroringController} from './endpointslicemirroring/endpointslicemirroring-controller.ts';
import {garbageCollector} from './garbagecollector/garbage-collector.ts';
import {jobController} from './job/job-controller.ts';
import {namespaceController} from './namespace/namespace-controller.ts';
import {nodeIpamController} from './nodeipam/node-ipam-controller.ts';
import {nodeLifecycleController} from './nodelifecycle/node-lifecycle-controller.ts';
import {podGarbageCollector} from './pod-garbage-collector.ts';
import {horizontalPodAutoscaler} from './podautoscaler/horizontal-pod-autoscaler.ts';
import {replicaSetController, replicationController} from './replicaset/replica-set-controller.ts';
import {resourceQuotaController} from './resource-quota-controller.ts';
import {rootCaPublisher} from './root-ca-publisher.ts';
import {serviceAccountController} from './service-accounts.ts';
import {statefulSetController} from './statefulset/stateful-set-controller.ts';
import {taintEvictionController} from './taint-eviction-controller.ts';
import {tokenCleaner} from './token-cleaner.ts';
import {tokensController} from './tokens-controller.ts';
import {ttlAfterFinishedController} from './ttl-after-finished-controller.ts';
import {ttlController} from './ttl-controller.ts';
import {validatingAdmissionPolicyStatusController} from './validating-admission-policy-status-controller.ts';
import {attachDetachController} from './volume/attach-detach-controller.ts';
import {persistentVolumeBinder} from './volume/persistent-volume-binder.ts';
import {pvcProtectionController, pvProtectionController} from './volume/protection-controllers.ts';

/** In the order in which they start. */
const loops: readonly Component[] = [
  endpointsController,
  endpointSliceController,
  endpointSliceMirroringController,
  replicationController,
  podGarbageCollector,
  resourceQuotaController,
  namespaceController,
  serviceAccountController,
  garbageCollector,
  daemonSetController,
  jobController,
  deploymentController,
  replicaSetController,
  horizontalPodAutoscaler,
  disruptionController,
  statefulSetController,
  cronJobController,
  csrSigningController,
  csrApprovingController,
  csrCleanerController,
  tokensController,
  ttlController,
  tokenCleaner,
  nodeIpamController,
  nodeLifecycleController,
  taintEvictionController,
  persistentVolumeBinder,
  attachDetachController,
  clusterRoleAggregationController,
  pvcProtectionController,
  pvProtectionController,
  ttlAfterFinishedController,
  rootCaPublisher,
  validatingAdmissionPolicyStatusController,
];

export const controllers: readonly Component[] = [
  leaderElector({program: KUBE_CONTROLLER_MANAGER, user: sharedInformers, loops: loops.map(({name}) => name)}),
  ...loops.map(loop => ledBy(KUBE_CONTROLLER_MANAGER, loop)),
];
