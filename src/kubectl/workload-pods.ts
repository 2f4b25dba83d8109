/** From a workload to its pods. upstream: staging/src/k8s.io/kubectl/pkg/polymorphichelpers */

import type {Kind} from '../engine/api/kinds.ts';
import {printSelector, selectorFrom} from '../engine/api/labels.ts';
import type {KubeObject, LabelSelector, Pod} from '../engine/api/types.ts';
import {type Info, lookUp} from './builder.ts';
import type {Context} from './context.ts';
import {Failure, joinErrors} from './failure.ts';
import {compareActivity} from './printers/pod-order.ts';
import type {Effects} from './types.ts';
import {poll} from './watch.ts';

type WithSelector = KubeObject & {spec?: {selector?: LabelSelector | Record<string, string>}};

/** What the pods are looked for. */
export type Purpose = 'attach to' | 'get the logs from';

/** The label selector of a workload or service as text; undefined for kinds that have no pods. */
export function selectorOf(object: KubeObject): string | undefined {
  const selector = (object as WithSelector).spec?.selector;
  if (!selector) return undefined;
  if (object.kind === 'Service' || object.kind === 'ReplicationController')
    return Object.entries(selector as Record<string, string>)
      .map(([key, value]) => `${key}=${value}`)
      .join(',');
  return printSelector(selectorFrom(selector as LabelSelector));
}

/** `kubectl logs` and `exec` take a bare name as a pod's. */
export function* podOrWorkload(context: Context, word: string): Effects<Info> {
  const {infos, errors} = yield* lookUp(context, word.includes('/') ? [word] : ['pods', word]);
  if (errors.length > 0) throw joinErrors(errors);
  return infos[0]!;
}

/** Why there are no pods to look for. upstream: polymorphichelpers SelectorsForObject */
function noSelector({object, name}: Info, type: string): string {
  return object?.kind === 'Service'
    ? `invalid service '${name}': Service is defined without a selector`
    : `selector for ${type} not implemented`;
}

/** All pods of a workload, the most active last. Throws Failure where it can have none. */
export function* podsOf(context: Context, info: Info, purpose: Purpose = 'get the logs from'): Effects<Pod[]> {
  const selector = selectorOf(info.object!);
  if (!selector) {
    const type = `*${info.version}.${info.kind.kind}`;
    throw new Failure(`cannot ${purpose} ${type}: ${noSelector(info, type)}`);
  }
  const pods = yield* context.reader.list<Pod>('v1', 'pods', {namespace: info.namespace, labelSelector: selector});
  return pods.sort(compareActivity);
}

/** The pod that stands for what was named: itself, or the most active one of a workload, as soon as there is one. Throws Failure when the time is up. */
export function* attachablePod(
  context: Context,
  info: Info,
  podKind: Kind,
  purpose: Purpose = 'attach to',
): Effects<{pod: Pod; count: number}> {
  if (info.kind === podKind) return {pod: info.object as Pod, count: 1};
  const found = yield* poll(
    context,
    function* () {
      const pods = yield* podsOf(context, info, purpose);
      const pod = pods.at(-1);
      return pod && {pod, count: pods.length};
    },
    context.flags.duration('pod-running-timeout'),
  );
  if (!found) throw new Failure('timed out waiting for the condition');
  return found;
}

const DEFAULT_CONTAINER = 'kubectl.kubernetes.io/default-container';

/** All containers, the ordinary ones first. */
export const containerNames = (pod: Pod): string[] => [
  ...(pod.spec?.containers ?? []).map(c => c.name),
  ...(pod.spec?.initContainers ?? []).map(c => c.name),
  ...(pod.spec?.ephemeralContainers ?? []).map(c => c.name),
];

export interface ChosenContainer {
  name: string;
  /** What kubectl says on standard error when it had to choose. */
  notice?: string;
}

/** The container that a pod's user means without saying so. upstream: podcmd.FindOrDefaultContainerByName */
export function defaultContainer(pod: Pod): ChosenContainer {
  const annotated = pod.metadata.annotations?.[DEFAULT_CONTAINER];
  if (annotated && containerNames(pod).includes(annotated)) return {name: annotated};
  const containers = pod.spec?.containers ?? [];
  const name = containers[0]?.name ?? '';
  const others = containers.length + (pod.spec?.initContainers?.length ?? 0) + (pod.spec?.ephemeralContainers?.length ?? 0) > 1;
  if (!others) return {name};
  const listed = [
    ...containers.map(c => c.name),
    ...(pod.spec?.initContainers ?? []).map(c => `${c.name} (init)`),
    ...(pod.spec?.ephemeralContainers ?? []).map(c => `${c.name} (ephem)`),
  ];
  return {name, notice: `Defaulted container "${name}" out of: ${listed.join(', ')}\n`};
}
