/** What a scheduler looks at, read through the API under the user's own identity. */

import {byResource, type Kind} from '../../engine/api/kinds.ts';
import {isPodTerminal} from '../../engine/api/pods.ts';
import type {KubeObject, Node, Pod} from '../../engine/api/types.ts';
import {readConfiguration} from '../../engine/scheduler/config/configuration.ts';
import {ConfigurationError} from '../../engine/scheduler/config/profile.ts';
import type {KubeSchedulerConfiguration} from '../../engine/scheduler/config/types.ts';
import type {World} from '../../engine/scheduler/explain/world.ts';
import type {Extender} from '../../engine/scheduler/extenders/extender.ts';
import {extendersAsked} from '../../engine/scheduler/extenders/send.ts';
import {listersOf, nodeInfosOf} from '../../engine/scheduler/framework/snapshot.ts';
import type {Framework} from '../../engine/scheduler/framework/types.ts';
import type {Context} from '../context.ts';
import {Failure} from '../failure.ts';
import {parseYamlDocument} from '../manifest.ts';
import type {Effects} from '../types.ts';

/** Always looked at: default spreading asks who a pod belongs to, preemption asks for budgets. */
const ALWAYS = ['services', 'replicationcontrollers', 'replicasets', 'statefulsets', 'poddisruptionbudgets'] as const;
const FOR_VOLUMES = [
  'persistentvolumeclaims',
  'persistentvolumes',
  'storageclasses',
  'csinodes',
  'csidrivers',
  'csistoragecapacities',
  'volumeattachments',
] as const;
const FOR_AFFINITY = ['namespaces'] as const;

const kindCalled = (resource: string): Kind => byResource(resource)!;

function* all(context: Context, resource: string): Effects<KubeObject[]> {
  const kind = kindCalled(resource);
  const list = yield* context.client.get<{items?: KubeObject[]}>({kind, namespace: ''});
  return list.items ?? [];
}

const hasAffinity = ({spec}: Pod): boolean => Boolean(spec?.affinity?.podAffinity || spec?.affinity?.podAntiAffinity);

/** Who decides about a pod. */
export interface Responsible {
  readonly framework: Framework;
  readonly extenders: readonly Extender[];
}

/** The nodes with the pods on them and the objects that plugins ask for. Throws ApiError where the user may not read one of them. */
export function* readWorld(context: Context, pod: Pod, {framework, extenders}: Responsible): Effects<World> {
  const nodes = (yield* all(context, 'nodes')) as Node[];
  const pods = ((yield* all(context, 'pods')) as Pod[]).filter(other => !isPodTerminal(other));
  const wanted = [
    ...ALWAYS,
    ...(pod.spec?.volumes?.some(v => !('projected' in v)) ? FOR_VOLUMES : []),
    ...([pod, ...pods].some(hasAffinity) ? FOR_AFFINITY : []),
  ];
  const objects: Record<string, KubeObject[]> = {nodes, pods};
  for (const resource of wanted) objects[resource] = yield* all(context, resource);
  const {postFromScheduler: post} = context.env;
  return {
    nodes: nodeInfosOf(nodes, pods),
    listers: listersOf(objects),
    framework,
    ...(post && {extenders: extendersAsked(extenders, post)}),
  };
}

/** The scheduler's configuration: the file of `--config`, else what the cluster is known to run with. Throws Failure. */
function configurationOf({env, flags}: Context): KubeSchedulerConfiguration | undefined {
  const path = flags.string('config');
  if (!path) return env.schedulerConfiguration as KubeSchedulerConfiguration | undefined;
  const text = env.files.read(path);
  if (text === undefined) throw new Failure(`open ${path}: no such file or directory`);
  return parseYamlDocument(text, path) as KubeSchedulerConfiguration;
}

/** The profile responsible for the pod, and those it asks beside its plugins. Throws Failure where no profile has the name that the pod asks for. */
export function responsibleFor(context: Context, pod: Pod): Responsible {
  try {
    const {frameworks, extenders} = readConfiguration(configurationOf(context));
    const name = pod.spec?.schedulerName ?? '';
    const framework = frameworks.get(name);
    if (framework) return {framework, extenders};
    throw new Failure(
      `pod "${pod.metadata.name}" waits for a scheduler named "${name}"; kube-scheduler answers to ${[...frameworks.keys()].join(', ')}`,
    );
  } catch (error) {
    if (error instanceof ConfigurationError) throw new Failure(`${context.flags.string('config')}: ${error.message}`);
    throw error;
  }
}
