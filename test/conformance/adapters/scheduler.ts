import type {core, KubeObject, Node, Pod, PodDisruptionBudget} from '../../../src/engine/api/types.ts';
import {withDefaults} from '../../../src/engine/scheduler/config/defaults.ts';
import {frameworkOf} from '../../../src/engine/scheduler/config/profile.ts';
import {validateArgs} from '../../../src/engine/scheduler/config/validate-args.ts';
import {schedulePod} from '../../../src/engine/scheduler/cycle.ts';
import {fitError} from '../../../src/engine/scheduler/framework/fit-error.ts';
import {conflicts, hostPort} from '../../../src/engine/scheduler/framework/host-ports.ts';
import {podInfo} from '../../../src/engine/scheduler/framework/node-info.ts';
import {realRequests, resourceOf} from '../../../src/engine/scheduler/framework/resource.ts';
import {
  newCycle,
  runFilters,
  runPostFilters,
  runPreEnqueue,
  runPreFilter,
  runScores,
} from '../../../src/engine/scheduler/framework/runtime.ts';
import {listersOf, nodeInfosOf, snapshotOf} from '../../../src/engine/scheduler/framework/snapshot.ts';
import {type Code, message, type NodeStatuses, nodeStatuses, type Status} from '../../../src/engine/scheduler/framework/status.ts';
import {untoleratedTaint} from '../../../src/engine/scheduler/framework/taints.ts';
import type {Cycle, Framework, Victims} from '../../../src/engine/scheduler/framework/types.ts';
import {candidatesWanted, type DefaultPreemptionArgs, notEligible} from '../../../src/engine/scheduler/plugins/default-preemption.ts';
import {normalizedImageName} from '../../../src/engine/scheduler/plugins/image-locality.ts';
import {ignoredBy, insufficientResources} from '../../../src/engine/scheduler/plugins/node-resources-fit.ts';
import {DEFAULT_FEATURES, type PluginName} from '../../../src/engine/scheduler/plugins/registry.ts';
import {brokenLinear} from '../../../src/engine/scheduler/plugins/resource-scoring.ts';
import {dryRun} from '../../../src/engine/scheduler/preemption/dry-run.ts';
import {feasibleNodesToFind} from '../../../src/engine/scheduler/sampling.ts';
import {type Adapters, difference} from '../harness.ts';

interface Input {
  plugin: string;
  args: Record<string, unknown> | null;
  nodes: Node[];
  pods: Pod[];
  pod: Pod | null;
  other?: Record<string, any>;
  featureGates?: Record<string, boolean>;
}

const RESOURCES: Record<string, string> = {
  namespaces: 'namespaces',
  services: 'services',
  replicaSets: 'replicasets',
  statefulSets: 'statefulsets',
  replicationControllers: 'replicationcontrollers',
  persistentVolumes: 'persistentvolumes',
  persistentVolumeClaims: 'persistentvolumeclaims',
  storageClasses: 'storageclasses',
  csiNodes: 'csinodes',
  podDisruptionBudgets: 'poddisruptionbudgets',
};

/** A profile with these plugins only, and the two that no profile can do without. */
const frameworkWith = (plugins: readonly string[], input: Pick<Input, 'plugin' | 'args' | 'featureGates'>): Framework =>
  frameworkOf(
    {
      plugins: {multiPoint: {disabled: [{name: '*'}], enabled: ['PrioritySort', ...plugins, 'DefaultBinder'].map(name => ({name}))}},
      pluginConfig: input.args ? [{name: input.plugin, args: input.args}] : [],
    },
    {...DEFAULT_FEATURES, ...input.featureGates},
  );

function cycleOf(input: Input, framework: Framework): Cycle {
  const objects: Record<string, KubeObject[]> = {pods: input.pods};
  for (const [key, list] of Object.entries(input.other ?? {})) if (RESOURCES[key]) objects[RESOURCES[key]] = list as KubeObject[];
  return newCycle({
    snapshot: snapshotOf(nodeInfosOf(input.nodes, input.pods)),
    listers: listersOf(objects),
    framework,
    now: 0,
    random: () => 0,
  });
}

const verdict = (status: Status | undefined): object =>
  status ? {ok: false, reasons: status.reasons, unresolvable: status.code === 'UnschedulableAndUnresolvable'} : {ok: true};

/** Huge pages are counted in pages, as the cases do. */
const pages = (resource: string, amount: number): number => (resource === 'hugepages-2Mi' ? amount / (2 * 1024 * 1024) : amount);

function filter(input: Input): object {
  const framework = frameworkWith([input.plugin], input);
  const cycle = cycleOf(input, framework);
  const pod = input.pod!;
  const before = runPreFilter(cycle, pod);
  const skipped = cycle.skipFilter.includes(input.plugin);
  const nodes = cycle.snapshot.nodes;
  return {
    // Asked only where a case is about it: a filter may count on what its own PreFilter has left.
    get filter() {
      return Object.fromEntries(nodes.map(node => [node.name, verdict(runFilters(cycle, pod, node))]));
    },
    preFilter: skipped ? {skip: true} : {...verdict(before.status), ...(before.nodes && {nodeNames: [...before.nodes].sort()})},
    insufficient: nodes.flatMap(node =>
      insufficientResources(resourceOf(realRequests(pod)), node, ignoredBy(input.args ?? {})).map(
        ({resource, requested, used, capacity}) => ({
          resource,
          requested: pages(resource, requested),
          used: pages(resource, used),
          capacity: pages(resource, capacity),
        }),
      ),
    ),
  };
}

interface Scored {
  skip: boolean;
  raw: Record<string, number>;
  normalized: Record<string, number>;
}

function score(input: Input): Scored {
  const cycle = cycleOf(input, frameworkWith([input.plugin], input));
  const candidates = input.other?.['candidates'] as string[] | undefined;
  const nodes = cycle.snapshot.nodes.filter(node => !candidates || candidates.includes(node.name));
  const scores = runScores(cycle, input.pod!, nodes);
  if ('code' in scores) throw new Error(message(scores));
  const [own] = scores;
  const byNode = (list: readonly number[]) => Object.fromEntries(nodes.map((node, i) => [node.name, list[i]!]));
  return own ? {skip: false, raw: byNode(own.raw), normalized: byNode(own.normalized)} : {skip: true, raw: {}, normalized: {}};
}

const statusesOf = (given: Record<string, Code | {code: Code; reasons: string[]}>): NodeStatuses => {
  const statuses = nodeStatuses();
  for (const [node, status] of Object.entries(given)) {
    statuses.explicit.set(node, typeof status === 'string' ? {code: status, reasons: []} : status);
  }
  return statuses;
};

function preemption(input: Input): object {
  const given = input.other?.['filteredNodesStatuses'] as Record<string, Code> | undefined;
  const framework = frameworkWith([...((input.other?.['plugins'] as string[] | undefined) ?? []), 'DefaultPreemption'], input);
  const cycle = cycleOf(input, framework);
  const pod = input.pod!;
  runPreFilter(cycle, pod);
  const everywhere = Object.fromEntries(cycle.snapshot.nodes.map(node => [node.name, 'Unschedulable' as const]));
  const statuses = statusesOf(given ?? everywhere);
  const why = notEligible(cycle, pod, given ? statuses : nodeStatusesOfNominated(input));
  const result = runPostFilters(cycle, pod, statuses);
  const {candidates} = dryRun(
    cycle,
    pod,
    cycle.snapshot.nodes,
    (input.other?.['podDisruptionBudgets'] ?? []) as PodDisruptionBudget[],
    0,
    candidatesWanted(input.nodes.length, withDefaults('DefaultPreemption', input.args) as DefaultPreemptionArgs),
  );
  const shown = (v: Victims) => ({victims: v.pods.map(p => p.name).sort(), pdbViolations: v.pdbViolations});
  return {
    eligible: why === undefined,
    nominatedNode: result.victims?.node ?? '',
    postFilterMessage: message(result.status),
    candidates: Object.fromEntries(candidates.map(v => [v.node, shown(v)])),
  };
}

/** What the filters said of the node the pod was promised. */
function nodeStatusesOfNominated(input: Input): NodeStatuses {
  const status = input.other?.['nominatedNodeStatus'] as Code | undefined;
  const node = (input.pod!.status as {nominatedNodeName?: string} | undefined)?.nominatedNodeName;
  const statuses = statusesOf(status && node ? {[node]: status} : {});
  return {...statuses, absent: {code: 'Unschedulable', reasons: []}};
}

/** The real PostFilter plugins over nodes whose filters answer what the case says. */
function fitErrorObserved(input: Input): object {
  const {numAllNodes, nodeToStatus, postFilter} = input.other as {
    numAllNodes: number;
    nodeToStatus: Record<string, {code: Code; reasons: string[]}>;
    postFilter: {plugin: PluginName; lowerPriorityPods?: boolean}[];
  };
  const statuses = statusesOf(nodeToStatus);
  const object = (kind: string, name: string) => ({apiVersion: 'v1', kind, metadata: {name, namespace: 'default'}});
  const framework = frameworkWith(
    postFilter.map(p => p.plugin),
    input,
  );
  const pod = {...object('Pod', 'p'), spec: {priority: 1, containers: []}} as Pod;
  const nodes = Array.from({length: numAllNodes}, (_, i) => ({...object('Node', `node${i + 1}`)}) as Node);
  const victims = postFilter.some(p => p.lowerPriorityPods)
    ? nodes.map(
        node =>
          ({
            ...object('Pod', `on-${node.metadata.name}`),
            spec: {priority: 0, nodeName: node.metadata.name, containers: []},
          }) as unknown as Pod,
      )
    : [];
  const cycle = cycleOf(
    {...input, nodes, pods: victims},
    {...framework, filter: [{name: 'AsGiven', filter: (_cycle, _pod, node) => statuses.explicit.get(node.name)}]},
  );
  runPreFilter(cycle, pod);
  const {status} = runPostFilters(cycle, pod, statuses);
  return {message: fitError({numAllNodes, statuses, postFilterMessage: message(status)})};
}

function fairEvaluation(input: Input): object {
  const {numAllNodes, globalPercentage, cycles} = input.other as {numAllNodes: number; globalPercentage: number; cycles: number};
  const nodes = Array.from(
    {length: numAllNodes},
    (_, i) =>
      ({
        apiVersion: 'v1',
        kind: 'Node',
        metadata: {name: `node${i}`},
        status: {allocatable: {cpu: '4', memory: '8Gi', pods: '110'}},
      }) as unknown as Node,
  );
  const pod: Pod = {apiVersion: 'v1', kind: 'Pod', metadata: {name: 'p', namespace: 'default'}, spec: {containers: []}};
  const framework = frameworkOf({});
  const found = new Set<number>();
  const nextStartNodeIndex: number[] = [];
  let start = 0;
  for (let i = 0; i < cycles; i++) {
    const outcome = schedulePod(cycleOf({...input, nodes, pods: []}, framework), pod, {start, percentageOfNodesToScore: globalPercentage});
    start = outcome.nextStart;
    found.add(outcome.feasible.length);
    nextStartNodeIndex.push(start);
  }
  return {nodesFoundPerCycle: found.size === 1 ? [...found][0] : [...found], nextStartNodeIndex};
}

const taintEffects = (effects: 'all' | string[]): string[] | undefined => (effects === 'all' ? undefined : effects);

export const adapters: Adapters = {
  filter: {answer: input => filter(input as unknown as Input)},
  score: {
    answer: input => score(input as unknown as Input),
    differs(want: {score?: Record<string, number>; normalized?: boolean; skip?: boolean}, got: Scored) {
      if (want.skip || got.skip)
        return Boolean(want.skip) === got.skip ? undefined : `skip: expected ${Boolean(want.skip)}, got ${got.skip}`;
      return difference(want.score, want.normalized ? got.normalized : got.raw, 'score', true);
    },
  },
  preemption: {
    answer: input => preemption(input as unknown as Input),
    differs(want: {nominatedNodeAnyOf?: string[]; candidates?: object}, got: {nominatedNode: string; candidates: object}) {
      const {nominatedNodeAnyOf, candidates, ...rest} = want;
      if (nominatedNodeAnyOf && !nominatedNodeAnyOf.includes(got.nominatedNode)) {
        return `nominatedNode: expected one of ${nominatedNodeAnyOf}, got ${got.nominatedNode}`;
      }
      return difference(rest, got) ?? (candidates && difference(candidates, got.candidates, 'candidates', true));
    },
  },
  preEnqueue: {
    answer: input => {
      const {plugin, pod} = input as unknown as Input;
      return {preEnqueue: verdict(runPreEnqueue(frameworkWith([plugin], {plugin, args: null}), pod!, listersOf({})))};
    },
  },
  queueOrder: {
    answer: input => {
      const {queueSort} = frameworkOf({});
      const queued = (input['pods'] as Pod[]).map(pod => {
        const {name, priority} = podInfo(pod);
        return {name, priority, timestamp: (input['other'].queuedAtSeconds[name] as number) * 1000};
      });
      return {order: queued.sort((a, b) => (queueSort.less!(a, b) ? -1 : queueSort.less!(b, a) ? 1 : 0)).map(q => q.name)};
    },
  },
  fitError: {
    answer: ({other}) => {
      const statuses = statusesOf(other.nodeToStatus);
      if (other.absentNodesStatus) statuses.absent = other.absentNodesStatus;
      return {
        message: fitError({
          numAllNodes: other.numAllNodes,
          statuses,
          preFilterMessage: other.preFilterMsg,
          postFilterMessage: other.postFilterMsg,
        }),
      };
    },
  },
  fitErrorObserved: {answer: input => fitErrorObserved(input as unknown as Input)},
  feasibleCount: {
    answer: ({other}) => ({numNodes: feasibleNodesToFind(other.numAllNodes, other.profilePercentage ?? undefined, other.globalPercentage)}),
  },
  fairEvaluation: {answer: input => fairEvaluation(input as unknown as Input)},
  argsInvalid: {
    answer: input => ({
      errors: validateArgs(input['plugin'] as PluginName, input['args']).map(e => ({
        type: e.type.replace('FieldValue', ''),
        field: e.field,
      })),
    }),
  },
  brokenLinear: {
    answer: ({other}) => brokenLinear(other.points),
    differs(want: {assertions: {p: number; value: number}[]}, at: (p: number) => number) {
      return difference(
        want.assertions.map(a => a.value),
        want.assertions.map(a => at(a.p)),
        'value',
      );
    },
  },
  untoleratedTaint: {
    answer: ({other}) => ({
      tolerated: !untoleratedTaint(other.taints as core.Taint[], other.tolerations as core.Toleration[], taintEffects(other.effects)),
    }),
  },
  hostPortConflict: {
    answer: ({other}) => ({
      conflict: conflicts(
        other.added.map((p: {hostIP: string; protocol: string; hostPort: number}) => hostPort(p.hostIP, p.protocol, p.hostPort)),
        hostPort(other.check.hostIP, other.check.protocol, other.check.hostPort),
      ),
    }),
  },
  normalizedImageName: {answer: ({other}) => ({image: normalizedImageName(other.image)})},
};
