/** upstream: pkg/quota/v1/evaluator/core/pods.go */

import {EXPRESSION_OPERATORS, matches, newRequirement} from '../../../api/labels.ts';
import {
  addResourceList,
  isPodLevelResourcesSet,
  parseResourceList,
  podLimits,
  podRequests,
  type Quantities,
  type ResourceList,
} from '../../../api/pod-resources.ts';
import {isPodTerminal} from '../../../api/pods.ts';
import {getPodQos} from '../../../api/qos.ts';
import {newQuantity} from '../../../api/quantity.ts';
import {parseRfc3339} from '../../../api/time.ts';
import type {Container, core, KubeObject, Pod} from '../../../api/types.ts';
import type {Evaluator, ScopeSelector} from './types.ts';

const ONE = newQuantity(1);
const RESOURCES = new Set([
  'count/pods',
  'pods',
  ...['cpu', 'memory', 'ephemeral-storage'].flatMap(name => [name, `requests.${name}`, `limits.${name}`]),
]);
/** A pod in a quota of one of these must say what it asks for: for every container, or for the pod as a whole. */
const MUST_SPECIFY = new Set(['cpu', 'memory'].flatMap(name => [name, `requests.${name}`, `limits.${name}`]));
const COMPUTE = ['cpu', 'memory', 'ephemeral-storage'] as const;
/** What the kubelet has allotted counts until it is given back. */
const RESIZABLE = {useStatusResources: true};

export const pods: Evaluator = {
  handles({operation, subresource, object, oldObject}) {
    if (subresource === 'resize') return operation === 'UPDATE';
    if (subresource !== '' || operation !== 'UPDATE') return subresource === '' && operation === 'CREATE';
    // A deadline moves the pod from one scope to the other.
    return isTerminating((object as Pod).spec!) !== isTerminating((oldObject as Pod).spec!);
  },

  usage(object, now) {
    const pod = object as Pod;
    const usage: Quantities = {'count/pods': ONE};
    if (counts(pod, now)) addResourceList(usage, computeUsage(podRequests(pod, RESIZABLE), podLimits(pod, RESIZABLE)));
    return usage;
  },

  matchesResource: name =>
    RESOURCES.has(name) ||
    /^(requests\.)?hugepages-/.test(name) ||
    (name.startsWith('requests.') && isDevice(name.slice('requests.'.length))),

  matchesScope: (selector, object) => matchesScope(selector, object as Pod),

  constraintError(required, object) {
    if (isPodLevelResourcesSet(object as Pod)) return undefined;
    const {spec} = object as Pod;
    const names = required.filter(name => MUST_SPECIFY.has(name)).sort();
    const missing = names
      .map(
        name =>
          [
            name,
            [...spec!.containers, ...(spec!.initContainers ?? [])].filter(container => !specified(container.resources).has(name)),
          ] as const,
      )
      .filter(([, containers]) => containers.length > 0)
      .map(([name, containers]) => `${name} for: ${nameList(containers)}`);
    return missing.length > 0 ? `must specify ${missing.join('; ')}` : undefined;
  },
};

const nameList = (containers: readonly Container[]): string => [...new Set(containers.map(({name}) => name))].sort().join(',');

const specified = (resources: core.ResourceRequirements | undefined): Set<string> =>
  new Set(
    Object.keys(computeUsage(parseResourceList(resources?.requests as ResourceList), parseResourceList(resources?.limits as ResourceList))),
  );

function computeUsage(requests: Quantities, limits: Quantities): Quantities {
  const usage: Quantities = {pods: ONE};
  for (const name of COMPUTE) {
    if (requests[name]) usage[name] = usage[`requests.${name}`] = requests[name];
    if (limits[name]) usage[`limits.${name}`] = limits[name];
  }
  for (const name of Object.keys(requests)) {
    if (name.startsWith('hugepages-')) usage[name] = usage[`requests.${name}`] = requests[name]!;
    else if (isDevice(name)) usage[`requests.${name}`] = requests[name]!;
  }
  return usage;
}

/** upstream: pkg/apis/core/v1/helper/helpers.go IsExtendedResourceName */
export function isExtended(name: string): boolean {
  const native = !name.includes('/') || name.includes('kubernetes.io/');
  return !native && !name.startsWith('requests.');
}

/** Devices are asked for by the name of their resource, or of their class. upstream: pkg/scheduler/util IsDRAExtendedResourceName */
const isDevice = (name: string): boolean => isExtended(name) || name.startsWith('deviceclass.resource.kubernetes.io/');

/** A pod that has ended uses nothing, nor does one that should long be gone. upstream: QuotaV1Pod */
function counts(pod: Pod, now: number): boolean {
  if (isPodTerminal(pod)) return false;
  const {deletionTimestamp, deletionGracePeriodSeconds} = pod.metadata;
  if (deletionTimestamp === undefined || deletionGracePeriodSeconds === undefined) return true;
  return now <= (parseRfc3339(String(deletionTimestamp)) ?? 0) + deletionGracePeriodSeconds * 1000;
}

function matchesScope(selector: ScopeSelector, pod: Pod): boolean {
  const spec = pod.spec!;
  switch (selector.scopeName) {
    case 'Terminating':
      return isTerminating(spec);
    case 'NotTerminating':
      return !isTerminating(spec);
    case 'BestEffort':
      return getPodQos(pod) === 'BestEffort';
    case 'NotBestEffort':
      return getPodQos(pod) !== 'BestEffort';
    case 'PriorityClass':
      return matchesPriorityClass(selector, spec.priorityClassName ?? '');
    case 'CrossNamespacePodAffinity':
      return usesOtherNamespaces(spec);
    default:
      return false;
  }
}

/** Whether a pod is to end by itself after a time: the scope Terminating. */
export const isTerminating = ({activeDeadlineSeconds}: core.PodSpec): boolean => (activeDeadlineSeconds ?? -1) >= 0;

function matchesPriorityClass({operator, values = []}: ScopeSelector, priorityClassName: string): boolean {
  if (operator === 'Exists') return priorityClassName !== '';
  const requirement = newRequirement('PriorityClass', EXPRESSION_OPERATORS[operator]!, values);
  return matches({nothing: false, requirements: [requirement]}, priorityClassName ? {PriorityClass: priorityClassName} : {});
}

/** upstream: usesCrossNamespacePodAffinity */
function usesOtherNamespaces({affinity}: core.PodSpec): boolean {
  const terms = [affinity?.podAffinity, affinity?.podAntiAffinity].flatMap(one => [
    ...(one?.requiredDuringSchedulingIgnoredDuringExecution ?? []),
    ...(one?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map(({podAffinityTerm}) => podAffinityTerm),
  ]);
  return terms.some(({namespaces, namespaceSelector}) => !!namespaces?.length || namespaceSelector !== undefined);
}

/** For objects that no scope is about. */
export const noScope = (_selector: ScopeSelector, _object: KubeObject): boolean => false;
