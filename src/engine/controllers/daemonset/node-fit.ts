/** Which nodes a daemon set's pods belong on. upstream: pkg/controller/daemon/daemon_controller.go NodeShouldRunDaemonPod, util/daemonset_util.go */
import type {core, DaemonSet, Node, Pod} from '../../api/types.ts';
import {toleratesAll} from '../common/tolerations.ts';

const exists = (key: string, effect: 'NoExecute' | 'NoSchedule'): core.Toleration => ({
  key: `node.kubernetes.io/${key}`,
  operator: 'Exists',
  effect,
});

const always = [
  exists('not-ready', 'NoExecute'),
  exists('unreachable', 'NoExecute'),
  exists('disk-pressure', 'NoSchedule'),
  exists('memory-pressure', 'NoSchedule'),
  exists('pid-pressure', 'NoSchedule'),
  exists('unschedulable', 'NoSchedule'),
];

/** A daemon stays where others leave. */
export function daemonTolerations({tolerations = [], hostNetwork}: core.PodSpec): core.Toleration[] {
  const added = [...always, ...(hostNetwork ? [exists('network-unavailable', 'NoSchedule')] : [])];
  return [
    ...tolerations.filter(own => !added.some(other => other.key === own.key && other.effect === own.effect && own.operator === 'Exists')),
    ...added,
  ];
}

/** The template's affinity, with every term bound to one node by its name. */
export function affinityTo(nodeName: string, affinity: core.Affinity | undefined): core.Affinity {
  const matchFields = [{key: 'metadata.name', operator: 'In', values: [nodeName]}];
  const terms = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
  const nodeSelectorTerms = terms?.length
    ? terms.map(({matchExpressions}) => ({...(matchExpressions && {matchExpressions}), matchFields}))
    : [{matchFields}];
  return {
    ...affinity,
    nodeAffinity: {...affinity?.nodeAffinity, requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms}},
  };
}

/** The node a daemon's pod is bound to, or will be. */
export function targetNode({spec}: Pod): string {
  if (spec?.nodeName) return spec.nodeName;
  for (const {matchFields} of spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [])
    for (const {key, values} of matchFields ?? []) if (key === 'metadata.name') return values?.[0] ?? '';
  return '';
}

type Requirement = core.NodeSelectorRequirement;

const operators: Record<string, (value: string | undefined, values: string[]) => boolean> = {
  In: (value, values) => value !== undefined && values.includes(value),
  NotIn: (value, values) => value === undefined || !values.includes(value),
  Exists: value => value !== undefined,
  DoesNotExist: value => value === undefined,
  Gt: (value, [bound]) => value !== undefined && Number(value) > Number(bound),
  Lt: (value, [bound]) => value !== undefined && Number(value) < Number(bound),
};

const holds = (labels: Readonly<Record<string, string>>, {key, operator, values = []}: Requirement): boolean =>
  operators[operator]?.(labels[key], values) ?? false;

/** upstream: component-helpers/scheduling/corev1/nodeaffinity GetRequiredNodeAffinity */
function matchesNode({nodeSelector, affinity}: core.PodSpec, {metadata}: Node): boolean {
  const labels = metadata.labels ?? {};
  if (!Object.entries(nodeSelector ?? {}).every(([key, value]) => labels[key] === value)) return false;
  const required = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  if (!required) return true;
  const fields = {'metadata.name': metadata.name!};
  return required.nodeSelectorTerms.some(
    ({matchExpressions = [], matchFields = []}) =>
      matchExpressions.length + matchFields.length > 0 &&
      matchExpressions.every(requirement => holds(labels, requirement)) &&
      matchFields.every(requirement => holds(fields, requirement)),
  );
}

export interface Verdict {
  /** A pod should be there. */
  readonly shouldRun: boolean;
  /** One that is there already may stay. */
  readonly shouldContinue: boolean;
}

/** What was found of a template and a node: both are looked at in every turn, and change seldom. */
const verdicts = new WeakMap<core.PodSpec, WeakMap<Node, Verdict>>();

/** Whether a daemon set's pod belongs on a node: by name, labels, affinity and taints. */
export function nodeShouldRun(daemonSet: DaemonSet, node: Node): Verdict {
  const spec = daemonSet.spec!.template.spec!;
  let known = verdicts.get(spec);
  if (!known) verdicts.set(spec, (known = new WeakMap()));
  let verdict = known.get(node);
  if (!verdict) known.set(node, (verdict = judgeNode(spec, node)));
  return verdict;
}

function judgeNode(spec: core.PodSpec, node: Node): Verdict {
  if ((spec.nodeName && spec.nodeName !== node.metadata.name) || !matchesNode(spec, node)) return {shouldRun: false, shouldContinue: false};
  const tolerations = daemonTolerations(spec);
  const taints = node.spec?.taints ?? [];
  const tolerated = (effects: readonly string[]) =>
    toleratesAll(
      tolerations,
      taints.filter(taint => effects.includes(taint.effect)),
    );
  return {shouldRun: tolerated(['NoSchedule', 'NoExecute']), shouldContinue: tolerated(['NoExecute'])};
}
