/** upstream: staging/src/k8s.io/kubectl/pkg/cmd/drain/drain.go, pkg/drain/drain.go, filters.go */

import type {Kind} from '../../engine/api/kinds.ts';
import {isPodTerminal} from '../../engine/api/pods.ts';
import {ApiError, type Pod} from '../../engine/api/types.ts';
import {MIRROR_POD_ANNOTATION} from '../../engine/api/well-known.ts';
import {CHUNK_SIZE_FLAG, type Info, SELECTOR_FLAG} from '../builder.ts';
import type {Command} from '../command.ts';
import type {Context} from '../context.ts';
import {sleep, stderr, stdout} from '../effects.ts';
import {Failure, joinErrors} from '../failure.ts';
import {DRY_RUN_FLAG, dryRunOf, printDone} from '../output.ts';
import type {Effects} from '../types.ts';
import {POLL_MS} from '../watch.ts';
import {nodesOf, setSchedulable} from './nodes.ts';

const LOCAL_STORAGE_FATAL = 'Pods with local storage (use --delete-emptydir-data to override)';
const LOCAL_STORAGE_WARNING = 'deleting Pods with local storage';
const DAEMON_SET_FATAL = 'DaemonSet-managed Pods (use --ignore-daemonsets to ignore)';
const DAEMON_SET_WARNING = 'ignoring DaemonSet-managed Pods';
const UNMANAGED_FATAL = 'cannot delete Pods that declare no controller (use --force to override)';
const UNMANAGED_WARNING = 'deleting Pods that declare no controller';

interface Verdict {
  evict: boolean;
  warning?: string;
  fatal?: string;
}

const OKAY: Verdict = {evict: true};
const SKIP: Verdict = {evict: false};

const controllerOf = (pod: Pod) => pod.metadata.ownerReferences?.find(o => o.controller);

type Filter = (pod: Pod, context: Context) => Verdict;

/** In upstream's order; the first that keeps a pod, or forbids to touch it, decides. */
const FILTERS: readonly Filter[] = [
  (pod, {now, flags}) => {
    const limit = flags.int('skip-wait-for-delete-timeout');
    const deleted = pod.metadata.deletionTimestamp;
    return limit > 0 && deleted && now() - Date.parse(deleted) > limit * 1000 ? SKIP : OKAY;
  },
  (pod, {flags}) => {
    if (controllerOf(pod)?.kind !== 'DaemonSet' || isPodTerminal(pod)) return OKAY;
    return flags.bool('ignore-daemonsets') ? {evict: false, warning: DAEMON_SET_WARNING} : {evict: false, fatal: DAEMON_SET_FATAL};
  },
  pod => (pod.metadata.annotations?.[MIRROR_POD_ANNOTATION] ? SKIP : OKAY),
  (pod, {flags}) => {
    if (!pod.spec?.volumes?.some(v => v.emptyDir) || isPodTerminal(pod)) return OKAY;
    return flags.bool('delete-emptydir-data') ? {evict: true, warning: LOCAL_STORAGE_WARNING} : {evict: false, fatal: LOCAL_STORAGE_FATAL};
  },
  (pod, {flags}) => {
    if (isPodTerminal(pod) || controllerOf(pod)) return OKAY;
    return flags.bool('force') ? {evict: true, warning: UNMANAGED_WARNING} : {evict: false, fatal: UNMANAGED_FATAL};
  },
];

interface Sorted {
  evict: Pod[];
  warnings: string[];
  fatal: Failure[];
}

const named = (pod: Pod): string => `${pod.metadata.namespace}/${pod.metadata.name}`;

/** What is to be done with each pod of a node. */
function sortPods(context: Context, pods: readonly Pod[]): Sorted {
  const evict: Pod[] = [];
  const warnings = new Map<string, string[]>();
  const fatal = new Map<string, string[]>();
  const note = (map: Map<string, string[]>, text: string | undefined, pod: Pod): void => {
    if (text) map.set(text, [...(map.get(text) ?? []), named(pod)]);
  };
  for (const pod of pods) {
    let verdict = OKAY;
    for (const filter of FILTERS) {
      const next = filter(pod, context);
      verdict = next.warning || next.fatal || !next.evict ? next : verdict;
      if (!next.evict) break;
    }
    note(warnings, verdict.warning, pod);
    note(fatal, verdict.fatal, pod);
    if (verdict.evict) evict.push(pod);
  }
  return {
    evict,
    warnings: [...warnings].map(([text, names]) => `${text}: ${names.join(', ')}`),
    fatal: [...fatal].map(([text, names]) => new Failure(`cannot delete ${text}: ${names.join(', ')}`)),
  };
}

/** Milliseconds between two tries of an eviction that a budget forbids. */
const RETRY_MS = 5000;

const timedOut = (doing: string, {flags}: Context): Failure =>
  new Failure(`error when ${doing}: global timeout reached: ${flags.string('timeout')}`);

const placeOf = (kind: Kind, {metadata}: Pod) => ({kind, namespace: metadata.namespace ?? '', name: metadata.name ?? ''});

/** Asks for a pod to go. Throws Failure where the server refuses for good. */
function* requestEviction(context: Context, kind: Kind, pod: Pod): Effects<'accepted' | 'gone' | 'blocked'> {
  const {client, flags} = context;
  const place = placeOf(kind, pod);
  const grace = flags.int('grace-period');
  const deleteOptions = grace >= 0 ? {gracePeriodSeconds: grace} : {};
  const metadata = {name: place.name, namespace: place.namespace};
  try {
    if (flags.bool('disable-eviction')) yield* client.remove(place, {kind: 'DeleteOptions', apiVersion: 'v1', ...deleteOptions});
    else yield* client.create({...place, subresource: 'eviction'}, {apiVersion: 'policy/v1', kind: 'Eviction', metadata, deleteOptions});
    return 'accepted';
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.reason === 'NotFound') return 'gone';
    const failed = `error when evicting pods/"${place.name}" -n "${place.namespace}"`;
    if (error.code !== 429) throw new Failure(`${failed}: ${error.message}`);
    yield* stderr(`${failed} (will retry after 5s): ${error.message}\n`);
    return 'blocked';
  }
}

/** Asks for all pods to go, time and again while a budget forbids it. Returns those that were not gone already. */
function* requestEvictions(context: Context, kind: Kind, pods: readonly Pod[], end: number): Effects<Pod[]> {
  const gone = new Set<Pod>();
  for (let left = pods; ; ) {
    const blocked: Pod[] = [];
    for (const pod of left) {
      const answer = yield* requestEviction(context, kind, pod);
      if (answer === 'blocked') blocked.push(pod);
      if (answer === 'gone') gone.add(pod);
    }
    const [first] = blocked;
    if (!first) return pods.filter(pod => !gone.has(pod));
    if (context.now() + RETRY_MS >= end) throw timedOut(`evicting pods/"${first.metadata.name}" -n "${first.metadata.namespace}"`, context);
    yield* sleep(RETRY_MS);
    left = blocked;
  }
}

/** Whether the pod is gone, or another of its name has taken its place. */
function* isGone({client}: Context, kind: Kind, pod: Pod): Effects<boolean> {
  try {
    const now = yield* client.get<Pod>({...placeOf(kind, pod), version: kind.version});
    return now.metadata.uid !== pod.metadata.uid;
  } catch (error) {
    if (error instanceof ApiError && error.reason === 'NotFound') return true;
    throw error;
  }
}

function* evictAll(context: Context, pods: readonly Pod[]): Effects<void> {
  const {flags} = context;
  const kind = yield* context.kind('pods');
  const limit = flags.duration('timeout');
  const end = limit > 0 ? context.now() + limit : Number.POSITIVE_INFINITY;
  const [doing, done] = flags.bool('disable-eviction') ? ['deleting', 'deleted'] : ['evicting', 'evicted'];
  for (const pod of pods) yield* stdout(`${doing} pod ${named(pod)}\n`);
  let waiting = yield* requestEvictions(context, kind, pods, end);
  for (;;) {
    const still: Pod[] = [];
    for (const pod of waiting)
      if (yield* isGone(context, kind, pod)) yield* stdout(`pod/${pod.metadata.name} ${done}\n`);
      else still.push(pod);
    const [first] = (waiting = still);
    if (!first) return;
    if (context.now() >= end)
      throw timedOut(`waiting for pod "${first.metadata.name}" in namespace "${first.metadata.namespace}" to terminate`, context);
    yield* sleep(POLL_MS);
  }
}

function* drainNode(context: Context, info: Info): Effects<void> {
  const pods = yield* context.reader.list<Pod>('v1', 'pods', {
    fieldSelector: `spec.nodeName=${info.name}`,
    labelSelector: context.flags.string('pod-selector'),
  });
  const {evict, warnings, fatal} = sortPods(context, pods);
  if (fatal.length > 0)
    throw new AggregateError(fatal, fatal.length === 1 ? fatal[0]!.message : `[${fatal.map(f => f.message).join(', ')}]`);
  if (warnings.length > 0) yield* stderr(`Warning: ${warnings.join('; ')}\n`);
  if (dryRunOf(context) === 'client') {
    for (const pod of evict) yield* stdout(`evicting pod ${named(pod)} (dry run)\n`);
    return;
  }
  yield* evictAll(context, evict);
}

export const drain: Command = {
  name: 'drain',
  use: 'drain NODE',
  short: 'Drain node in preparation for maintenance',
  flags: {
    ...SELECTOR_FLAG,
    ...DRY_RUN_FLAG,
    ...CHUNK_SIZE_FLAG,
    'delete-emptydir-data': {
      type: 'bool',
      value: 'false',
      usage: 'Continue even if there are pods using emptyDir (local data that will be deleted when the node is drained).',
    },
    'disable-eviction': {
      type: 'bool',
      value: 'false',
      usage: 'Force drain to use delete, even if eviction is supported. This will bypass checking PodDisruptionBudgets, use with caution.',
    },
    force: {type: 'bool', value: 'false', usage: 'Continue even if there are pods that do not declare a controller.'},
    'grace-period': {
      type: 'int',
      value: '-1',
      usage:
        'Period of time in seconds given to each pod to terminate gracefully. If negative, the default value specified in the pod will be used.',
    },
    'ignore-daemonsets': {type: 'bool', value: 'false', usage: 'Ignore DaemonSet-managed pods.'},
    'pod-selector': {type: 'string', usage: 'Label selector to filter pods on the node'},
    'skip-wait-for-delete-timeout': {
      type: 'int',
      value: '0',
      usage: 'If pod DeletionTimestamp older than N seconds, skip waiting for the pod.  Seconds must be greater than 0 to skip.',
    },
    timeout: {type: 'duration', value: '0s', usage: 'The length of time to wait before giving up, zero means infinite'},
  },
  completes: 'nodes',
  *run(context) {
    const nodes = yield* nodesOf(context);
    for (const info of nodes) yield* setSchedulable(context, info, true);
    const drained = new Set<string>();
    const failed: unknown[] = [];
    for (const info of nodes) {
      try {
        yield* drainNode(context, info);
        drained.add(info.name);
        yield* printDone(context, info, 'drained');
      } catch (error) {
        yield* stderr(`error: unable to drain node "${info.name}" due to error: ${(error as Error).message}, continuing command...\n`);
        failed.push(error);
      }
    }
    if (failed.length === 0) return;
    const pending = nodes.filter(info => !drained.has(info.name)).map(info => ` ${info.name}\n`);
    yield* stderr(`There are pending nodes to be drained:\n${pending.join('')}`);
    throw joinErrors(failed);
  },
};
