/** Defaults of pods and of pod templates. upstream: pkg/apis/core/v1/defaults.go SetDefaults_Pod, SetDefaults_PodSpec, zz_generated.defaults.go */

import {isPodLevelResourcesSet, isSupportedPodLevelResource, podLimits, podRequests} from '../../api/pod-resources.ts';
import {printQuantity} from '../../api/quantity.ts';
import type {Fields} from '../validation/fields.ts';
import {defaultPullPolicy} from './pull-policy.ts';
import {roundResources} from './resources.ts';
import {defaultVolume} from './volume.ts';

function defaultHandler(handler: Fields | undefined): void {
  const http = handler?.['httpGet'];
  if (http) {
    http.path ||= '/';
    http.scheme ||= 'HTTP';
  }
  const grpc = handler?.['grpc'];
  if (grpc) grpc.service ??= '';
}

function defaultProbe(probe: Fields | undefined): void {
  if (!probe) return;
  defaultHandler(probe);
  probe['timeoutSeconds'] ||= 1;
  probe['periodSeconds'] ||= 10;
  probe['successThreshold'] ||= 1;
  probe['failureThreshold'] ||= 3;
}

function defaultContainer(container: Fields): void {
  container['imagePullPolicy'] ||= defaultPullPolicy(container['image'] ?? '');
  container['terminationMessagePath'] ||= '/dev/termination-log';
  container['terminationMessagePolicy'] ||= 'File';
  for (const port of container['ports'] ?? []) port.protocol ||= 'TCP';
  for (const variable of container['env'] ?? []) {
    const {fieldRef, fileKeyRef} = variable.valueFrom ?? {};
    if (fieldRef) fieldRef.apiVersion ||= 'v1';
    if (fileKeyRef) fileKeyRef.optional ??= false;
  }
  roundResources(container['resources']?.limits);
  roundResources(container['resources']?.requests);
  defaultProbe(container['livenessProbe']);
  defaultProbe(container['readinessProbe']);
  defaultProbe(container['startupProbe']);
  defaultHandler(container['lifecycle']?.postStart);
  defaultHandler(container['lifecycle']?.preStop);
}

/** What holds in templates too. */
function defaultPodSpec(spec: Fields): void {
  spec['dnsPolicy'] ||= 'ClusterFirst';
  spec['restartPolicy'] ||= 'Always';
  spec['securityContext'] ??= {};
  spec['terminationGracePeriodSeconds'] ??= 30;
  spec['schedulerName'] ||= 'default-scheduler';
  // The old name of the field goes along with the new one. upstream: Convert_core_PodSpec_To_v1_PodSpec
  spec['serviceAccountName'] ||= spec['serviceAccount'];
  if (spec['serviceAccountName']) spec['serviceAccount'] = spec['serviceAccountName'];
  else delete spec['serviceAccountName'];
  for (const volume of spec['volumes'] ?? []) defaultVolume(volume);
  for (const list of ['initContainers', 'containers', 'ephemeralContainers'])
    for (const container of spec[list] ?? []) defaultContainer(container);
  roundResources(spec['overhead']);
  roundResources(spec['resources']?.limits);
  roundResources(spec['resources']?.requests);
}

export function defaultTemplate(template: Fields | undefined): void {
  if (template?.['spec']) defaultPodSpec(template['spec']);
}

/** What a container may use is what it asks for, if it does not say. */
function requestsFromLimits(container: Fields): void {
  const limits: Fields | undefined = container['resources']?.limits;
  if (!limits) return;
  const requests: Fields = (container['resources'].requests ??= {});
  for (const name in limits) requests[name] ??= limits[name];
}

const isHugePage = (name: string): boolean => name.startsWith('hugepages-');

/** Resources of the pod as a whole, where some are given. upstream: defaultHugePagePodLimits, defaultPodRequests */
function defaultPodLevel(pod: Fields): void {
  const resources: Fields | undefined = pod['spec'].resources;
  if (!resources || !isPodLevelResourcesSet(pod as never)) return;
  const options = {skipPodLevelResources: true, excludeOverhead: true};
  const limits: Fields = resources['limits'] ?? {};
  const containerLimits = podLimits(pod as never, options);
  for (const name in containerLimits)
    if (isHugePage(name) && resources['requests']?.[name] === undefined) limits[name] ??= printQuantity(containerLimits[name]!);
  if (Object.keys(limits).length > 0) resources['limits'] = limits;
  if (Object.keys(limits).length === 0) return;
  const requests: Fields = resources['requests'] ?? {};
  const containerRequests = podRequests(pod as never, options);
  for (const name in containerRequests)
    if (isSupportedPodLevelResource(name) && !isHugePage(name)) requests[name] ??= printQuantity(containerRequests[name]!);
  for (const name in limits) if (isSupportedPodLevelResource(name)) requests[name] ??= limits[name];
  if (Object.keys(requests).length > 0) resources['requests'] = requests;
}

export function defaultPod(pod: Fields): void {
  const {spec} = pod;
  for (const list of ['containers', 'initContainers']) for (const container of spec[list] ?? []) requestsFromLimits(container);
  defaultPodLevel(pod);
  spec.enableServiceLinks ??= true;
  if (spec.hostNetwork)
    for (const list of ['containers', 'initContainers'])
      for (const container of spec[list] ?? []) for (const port of container.ports ?? []) port.hostPort ||= port.containerPort;
  defaultPodSpec(spec);
}
