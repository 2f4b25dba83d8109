/** Which scheduling properties changed between two versions of an object. upstream: pkg/scheduler/framework/events.go */
import type {KubeObject, Node, Pod} from '../api/types.ts';
import type {EventAction} from './framework/events.ts';
import {declaredFeatures} from './framework/node-info.ts';
import {realRequests} from './framework/resource.ts';

const differs = (a: unknown, b: unknown): boolean => a !== b && JSON.stringify(a ?? null) !== JSON.stringify(b ?? null);

/** Amounts that went down, while the pod is being resized or its spec changed. */
function scalesDown(before: Pod, after: Pod): boolean {
  const [was, is] = [realRequests(before), realRequests(after)];
  return Object.keys(was).some(name => (is[name] ?? 0) < was[name]!);
}

const isResizing = (pod: Pod): boolean => (pod.status?.conditions ?? []).some(c => c.type.startsWith('PodResize'));
const resources = (pod: Pod): unknown => [pod.spec?.containers.map(c => c.resources), pod.spec?.initContainers?.map(c => c.resources)];

/** Whether what the pod counts for may have changed. */
export const requestsMayDiffer = (before: Pod, after: Pod): boolean =>
  (before.spec !== after.spec && differs(resources(before), resources(after))) || isResizing(before) || isResizing(after);

export function podChanges(before: Pod, after: Pod): EventAction[] {
  const actions: EventAction[] = [];
  if (differs(before.metadata.labels, after.metadata.labels)) actions.push('UpdatePodLabel');
  if (requestsMayDiffer(before, after) && scalesDown(before, after)) actions.push('UpdatePodScaleDown');
  if (before.spec !== after.spec) {
    if (before.spec?.schedulingGates?.length && !after.spec?.schedulingGates?.length) actions.push('UpdatePodSchedulingGatesEliminated');
    if (differs(before.spec?.tolerations, after.spec?.tolerations)) actions.push('UpdatePodToleration');
  }
  return actions;
}

const conditions = (node: Node): unknown => node.status?.conditions?.map(c => [c.type, c.status]);

export function nodeChanges(before: Node, after: Node): EventAction[] {
  const actions: EventAction[] = [];
  if (differs(before.status?.allocatable, after.status?.allocatable)) actions.push('UpdateNodeAllocatable');
  if (differs(before.metadata.labels, after.metadata.labels)) actions.push('UpdateNodeLabel');
  const isTainted = Boolean(before.spec?.unschedulable) !== Boolean(after.spec?.unschedulable);
  if (isTainted || differs(before.spec?.taints, after.spec?.taints)) actions.push('UpdateNodeTaint');
  if (differs(conditions(before), conditions(after))) actions.push('UpdateNodeCondition');
  if (differs(before.metadata.annotations, after.metadata.annotations)) actions.push('UpdateNodeAnnotation');
  if (differs(declaredFeatures(before), declaredFeatures(after))) actions.push('UpdateNodeDeclaredFeature');
  return actions;
}

/** Changes that the cache cares about though no pod waits for them. */
export const imagesDiffer = (before: Node, after: Node): boolean => differs(before.status?.images, after.status?.images);

export const labelsDiffer = (before: KubeObject, after: KubeObject): boolean => differs(before.metadata.labels, after.metadata.labels);
