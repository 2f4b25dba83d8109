/** Defaults of the core group. upstream: pkg/apis/core/v1/defaults.go */

import type {Fields} from '../validation/fields.ts';
import {defaultTemplate} from './pod.ts';
import {roundResources} from './resources.ts';
import {defaultClaimSpec, defaultSources} from './volume.ts';

const CLIENT_IP_TIMEOUT = 10_800;

export function defaultService(service: Fields): void {
  const {spec} = service;
  spec.sessionAffinity ||= 'None';
  if (spec.sessionAffinity === 'None') delete spec.sessionAffinityConfig;
  if (spec.sessionAffinity === 'ClientIP' && spec.sessionAffinityConfig?.clientIP?.timeoutSeconds === undefined)
    spec.sessionAffinityConfig = {clientIP: {timeoutSeconds: CLIENT_IP_TIMEOUT}};
  spec.type ||= 'ClusterIP';
  for (const port of spec.ports ?? []) {
    port.protocol ||= 'TCP';
    port.targetPort ||= port.port;
  }
  const external = spec.type === 'LoadBalancer' || spec.type === 'NodePort' || (spec.type === 'ClusterIP' && spec.externalIPs?.length > 0);
  if (external) spec.externalTrafficPolicy ||= 'Cluster';
  if (spec.type === 'ClusterIP' || spec.type === 'NodePort' || spec.type === 'LoadBalancer') spec.internalTrafficPolicy ??= 'Cluster';
  if (spec.type !== 'LoadBalancer') return;
  spec.allocateLoadBalancerNodePorts ??= true;
  for (const ingress of service['status']?.loadBalancer?.ingress ?? []) if (ingress.ip) ingress.ipMode ??= 'VIP';
}

export function defaultNamespace(namespace: Fields): void {
  const {name} = namespace['metadata'];
  if (name) namespace['metadata'].labels = {...namespace['metadata'].labels, 'kubernetes.io/metadata.name': name};
  namespace['status'].phase ||= 'Active';
}

const base64 = (text: string): string => btoa(Array.from(new TextEncoder().encode(text), byte => String.fromCharCode(byte)).join(''));

/** stringData is only for writing: it ends up in data. upstream: pkg/apis/core/v1/conversion.go Convert_v1_Secret_To_core_Secret */
export function defaultSecret(secret: Fields): void {
  secret['type'] ||= 'Opaque';
  if (!secret['stringData']) return;
  const data: Fields = {...secret['data']};
  for (const key of Object.keys(secret['stringData'])) data[key] = base64(secret['stringData'][key]);
  secret['data'] = data;
  delete secret['stringData'];
}

export function defaultNode(node: Fields): void {
  const {status} = node;
  if (!status.allocatable && status.capacity) status.allocatable = {...status.capacity};
  roundResources(status.capacity);
  roundResources(status.allocatable);
}

export function defaultReplicationController(controller: Fields): void {
  const {metadata, spec} = controller;
  const labels: Fields | undefined = spec.template?.metadata?.labels;
  if (labels && !spec.selector) spec.selector = {...labels};
  if (labels && !metadata.labels) metadata.labels = {...labels};
  spec.replicas ??= 1;
  defaultTemplate(spec.template);
}

export function defaultPersistentVolume(volume: Fields): void {
  const {spec, status} = volume;
  status.phase ||= 'Pending';
  spec.persistentVolumeReclaimPolicy ||= 'Retain';
  spec.volumeMode ??= 'Filesystem';
  roundResources(spec.capacity);
  defaultSources(spec);
}

export function defaultClaim(claim: Fields): void {
  claim['status'].phase ||= 'Pending';
  defaultClaimSpec(claim['spec']);
  roundResources(claim['status'].capacity);
  roundResources(claim['status'].allocatedResources);
}

export function defaultLimitRange(range: Fields): void {
  for (const item of range['spec'].limits ?? []) {
    if (item.type === 'Container') {
      const limits: Fields = {...item.max, ...item.default};
      const requests: Fields = {...item.min, ...limits, ...item.defaultRequest};
      if (Object.keys(limits).length > 0) item.default = limits;
      if (Object.keys(requests).length > 0) item.defaultRequest = requests;
    }
    for (const field of ['max', 'min', 'default', 'defaultRequest', 'maxLimitRequestRatio']) roundResources(item[field]);
  }
}

export function defaultQuota(quota: Fields): void {
  roundResources(quota['spec'].hard);
  roundResources(quota['status'].hard);
  roundResources(quota['status'].used);
}

export function defaultEndpoints(endpoints: Fields): void {
  for (const subset of endpoints['subsets'] ?? []) for (const port of subset.ports ?? []) port.protocol ||= 'TCP';
}
