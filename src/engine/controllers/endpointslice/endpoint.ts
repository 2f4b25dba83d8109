/** What a pod contributes to the slices of a Service. upstream: staging/src/k8s.io/endpointslice/utils.go, util/controller_utils.go */

import {formatIp, parseIp} from '../../api/ip.ts';
import {isPodReady, isPodTerminal, isRestartableInitContainer} from '../../api/pods.ts';
import type {core, discovery, Node, Pod, Service} from '../../api/types.ts';
import {LABEL_ZONE} from '../../api/well-known.ts';

export type AddressType = 'IPv4' | 'IPv6';

/** Whether a pod belongs in slices at all: it is not over, and it has an address. */
export function shouldPodBeInEndpoints(pod: Pod, includeTerminating: boolean): boolean {
  const {podIP, podIPs} = pod.status ?? {};
  if (isPodTerminal(pod)) return false;
  if (!podIP && !podIPs?.length) return false;
  return includeTerminating || pod.metadata.deletionTimestamp === undefined;
}

/** A pod has a name of its own in DNS when its subdomain is the service's name. */
export const shouldSetHostname = ({metadata, spec}: Pod, service: Service): boolean =>
  Boolean(spec?.hostname) && spec?.subdomain === service.metadata.name && service.metadata.namespace === metadata.namespace;

const addresses = (pod: Pod, addressType: AddressType): string[] =>
  (pod.status?.podIPs ?? [])
    .map(({ip}) => parseIp(ip ?? ''))
    .filter(ip => ip && `IPv${ip.family}` === addressType)
    .map(ip => formatIp(ip!));

/** The endpoint that a pod is, for one family of addresses. */
export function podToEndpoint(pod: Pod, node: Node | undefined, service: Service, addressType: AddressType): discovery.Endpoint {
  const serving = isPodReady(pod);
  const terminating = pod.metadata.deletionTimestamp !== undefined;
  const ready = service.spec?.publishNotReadyAddresses === true || (serving && !terminating);
  const {namespace, name, uid} = pod.metadata;
  const zone = node?.metadata.labels?.[LABEL_ZONE];
  return {
    addresses: addresses(pod, addressType),
    conditions: {ready, serving, terminating},
    ...(shouldSetHostname(pod, service) ? {hostname: pod.spec!.hostname!} : {}),
    ...(pod.spec?.nodeName ? {nodeName: pod.spec.nodeName} : {}),
    ...(zone ? {zone} : {}),
    targetRef: {kind: 'Pod', namespace: namespace!, name: name!, ...(uid ? {uid} : {})},
  };
}

/** The container port that a service port leads to: a number as it stands, a name by the ports of containers and sidecars; undefined when none has that name. */
export function findPort(pod: Pod, {targetPort = 0, protocol = 'TCP'}: core.ServicePort): number | undefined {
  if (typeof targetPort === 'number') return targetPort;
  const {containers = [], initContainers = []} = pod.spec ?? ({} as core.PodSpec);
  return [...containers, ...initContainers.filter(isRestartableInitContainer)]
    .flatMap(container => container.ports ?? [])
    .find(port => port.name === targetPort && (port.protocol ?? 'TCP') === protocol)?.containerPort;
}

/** The ports of a slice for pods like this one; a port whose name no container has is left out. */
export function endpointPorts(service: Service, pod: Pod): discovery.EndpointPort[] {
  return (service.spec?.ports ?? []).flatMap(servicePort => {
    const port = findPort(pod, servicePort);
    if (port === undefined) return [];
    const {name = '', protocol = 'TCP', appProtocol} = servicePort;
    return [{name, port, protocol, ...(appProtocol === undefined ? {} : {appProtocol})}];
  });
}
