/** The walk of the learner's last write, from kubectl to a running container: what the strip and the pipeline panel show. */

import type {KubeObject, Pod, Stored} from '../engine/api/types.ts';
import {type RequestNote, type Stage, stagesOf} from '../engine/apiserver/request.ts';
import {type KeyValue, KV} from '../engine/apiserver/storage.ts';
import type {TraceNote} from '../engine/client/context.ts';
import type {Machine} from '../engine/machine/machine.ts';
import type {PipelineFacts, PipelineStage, Verdict} from './facts/request.ts';
import type {Heard, Notes} from './notes.ts';
import {keyOfRef, subjectOf} from './objects.ts';
import {conditionOf, podState} from './pod-state.ts';
import {served, stageIds} from './stages.ts';
import {oneLine} from './text.ts';

type Reached = Omit<PipelineStage, 'id' | 'label'>;

const idle: Reached = {verdict: 'idle', detail: ''};

/** Takes the request that is looked at, and whether it is still on its way; without one the strip is empty but there. */
export function pipelineFacts(machine: Machine, notes: Notes, request: Heard<RequestNote> | undefined, walking = false): PipelineFacts {
  if (!request) return {subject: '', stages: stageIds.map(id => ({...idle, id, label: id})), story: ''};
  if (walking && request.note.code === 0) return walkedSoFar(request.note);
  const pod = followedPod(machine, request.note);
  const reached = new Map<string, Reached>([...servedStages(request.note), ...laterStages(notes, request, pod)]);
  const rest: Reached = {...idle, detail: whyNoFurther(request.note)};
  const stages = stageIds.map(id => {
    const found = reached.get(id);
    return {...(found && found.verdict !== 'idle' ? found : rest), id, label: id};
  });
  const {namespace, name} = request.note;
  const subject = pod ? subjectOf(pod) : [resourceOf(request.note), namespace, name].filter(part => part !== '').join('/');
  return {subject, stages, story: storyOf(stages)};
}

/** What a request is about, whichever part of it. */
const resourceOf = ({resource}: RequestNote): string => resource.split('/')[0]!;

/** Why the stages after its last one will not come; '' while they may. */
function whyNoFurther({code, revision}: RequestNote): string {
  if (code >= 400) return 'never reached';
  return revision === undefined ? 'nothing was written' : '';
}

/** Only what the request has passed by now; the last stage passed is where the token stands. */
function walkedSoFar(note: RequestNote): PipelineFacts {
  const passed = new Map(servedStages(note));
  const here = stageIds.findLast(id => (passed.get(id)?.verdict ?? 'idle') !== 'idle') ?? 'kubectl';
  const stages = stageIds.map(id => ({
    ...(passed.get(id) ?? idle),
    id,
    label: id,
    ...(id === here && passed.get(id)?.verdict === 'ok' && {verdict: 'active' as const}),
  }));
  return {subject: `${note.verb} ${note.path}`, stages, story: storyOf(stages)};
}

function storyOf(stages: readonly PipelineStage[]): string {
  const stopped = stages.find(stage => stage.verdict === 'denied');
  const last =
    stopped ??
    stages.findLast(stage => stage.verdict === 'active' || stage.verdict === 'waiting') ??
    stages.findLast(stage => stage.verdict === 'ok');
  return last ? `${last.label}: ${last.detail}` : '';
}

function servedStages(note: RequestNote): [string, Reached][] {
  const refused = note.code >= 400;
  const stages = stagesOf(note);
  const lastServed = served.findLastIndex(({of}) => stages.some(stage => of.includes(stage.stage)));
  const passed = served.map(({id, of}, index): [string, Reached] => {
    const own = stages.filter(stage => of.includes(stage.stage));
    if (own.length === 0) return [id, index < lastServed ? {verdict: 'skipped', detail: 'nothing to do'} : idle];
    return [id, {verdict: verdictOf(own), atMs: own[0]!.atMs, detail: wordOf(own)}];
  });
  // For logs, exec and their like the API server calls a kubelet itself.
  const called = stages.filter(({stage}) => stage === 'kubelet');
  if (called.length > 0) passed.push(['kubelet', {verdict: verdictOf(called), atMs: called[0]!.atMs, detail: wordOf(called)}]);
  // A refusal without a stage of its own (404, 409) belongs to the last stage reached.
  if (refused && !passed.some(([, stage]) => stage.verdict === 'denied')) {
    const at = Math.max(0, lastServed);
    passed[at] = [passed[at]![0], {...passed[at]![1], verdict: 'denied', detail: oneLine(`${note.code} ${note.reason}: ${note.message}`)}];
  } else if (refused) {
    const denied = passed.find(([, stage]) => stage.verdict === 'denied')!;
    denied[1] = {...denied[1], detail: oneLine(note.message || denied[1].detail)};
  }
  return [['kubectl', {verdict: 'ok', atMs: note.atMs, detail: `${note.method} ${note.path}`}], ...passed];
}

function verdictOf(stages: readonly Stage[]): Verdict {
  if (stages.some(stage => stage.verdict === 'denied' || stage.verdict === 'error')) return 'denied';
  return stages.every(stage => stage.verdict === 'skipped') ? 'skipped' : 'ok';
}

/** What has most to say: the stage that refused, else those that changed something, else the last. */
function wordOf(stages: readonly Stage[]): string {
  const refusing = stages.find(stage => stage.verdict === 'denied' || stage.verdict === 'error');
  const changing = stages.filter(stage => stage.patches);
  if (refusing) return refusing.detail;
  return changing.length > 0 ? `changed by ${changing.map(stage => stage.detail).join(', ')}` : stages.at(-1)!.detail;
}

const ownersOfPods = new Set(['deployments', 'replicasets', 'statefulsets', 'daemonsets', 'jobs', 'cronjobs', 'replicationcontrollers']);

/** The pod to follow: the one the request is about, or the youngest that descends from the request's object. */
function followedPod(machine: Machine, note: RequestNote): Stored<Pod> | undefined {
  const {namespace, name} = note;
  const resource = resourceOf(note);
  const table = machine.table<KeyValue<Stored<KubeObject>>>(KV);
  const stored = (of: string) => table.find('key', keyOfRef({kind: 'object', resource: of, namespace, name}) ?? '');
  if (resource === 'pods') return stored('pods')?.value as Stored<Pod> | undefined;
  const root = ownersOfPods.has(resource) ? stored(resource) : undefined;
  if (!root) return undefined;
  let youngest: KeyValue<Stored<KubeObject>> | undefined;
  const seen = new Set([root]);
  for (const owner of seen)
    for (const child of table.all('ownerAny', owner.value.metadata.uid))
      if (child.value.kind === 'Job' || child.value.kind === 'ReplicaSet') seen.add(child);
      else if (child.value.kind === 'Pod' && child.createRevision >= (youngest?.createRevision ?? 0)) youngest = child;
  return youngest?.value as Stored<Pod> | undefined;
}

/** What happens after the answer: told from watch deliveries, decisions and the versions of the pod that were written. */
function laterStages(notes: Notes, request: Heard<RequestNote>, pod: Stored<Pod> | undefined): [string, Reached][] {
  const {revision, verb} = request.note;
  const resource = resourceOf(request.note);
  if (revision === undefined) return [];
  const told = notes.deliveries.filter(({note}) => note.revision >= revision && note.resource === resource);
  const listeners = [...new Set(told.map(({note}) => note.component))];
  const first = told[0];
  const watch: Reached = first
    ? {verdict: 'ok', atMs: first.step.at, detail: `told ${listeners.join(', ')}`}
    : {verdict: 'active', detail: `revision ${revision} is on its way to the watchers`};
  if (!first) return [['watch', watch]];
  if (!pod && (verb === 'delete' || !ownersOfPods.has(resource)))
    return [
      ['watch', watch],
      ...stageIds
        .slice(stageIds.indexOf('controllers'))
        .map((id): [string, Reached] => [id, {verdict: 'skipped', detail: 'no pod is born of this'}]),
    ];
  if (!pod)
    return [
      ['watch', watch],
      ['controllers', {verdict: 'active', detail: 'the controllers have not made a pod yet'}],
    ];
  const lives = versionsOf(notes, pod, request.step.id);
  const name = `${pod.metadata.namespace}/${pod.metadata.name}`;
  return [
    ['watch', watch],
    ['controllers', controllerStage(pod, lives)],
    ['scheduler', schedulerStage(notes, pod, name, lives)],
    ...nodeStages(notes, pod, lives),
  ];
}

interface Version {
  readonly at: number;
  readonly pod: Pod;
}

/** The versions of the pod that were written since a step, oldest first. */
function versionsOf({commits}: Notes, pod: Stored<Pod>, since: number): Version[] {
  const key = `/registry/pods/${pod.metadata.namespace}/${pod.metadata.name}`;
  return commits
    .filter(({step, note}) => note.key === key && step.id >= since)
    .flatMap(({step, note}) => {
      const written = step.writes
        .map(write => write.new as KeyValue<Pod> | undefined)
        .find(kv => kv?.key === key && kv.modRevision === note.revision);
      return written ? [{at: step.at, pod: written.value}] : [];
    });
}

/** When something first held of the pod. */
function since(versions: readonly Version[], holds: (pod: Pod) => boolean): number | undefined {
  return versions.find(({pod}) => holds(pod))?.at;
}

function controllerStage(pod: Pod, versions: readonly Version[]): Reached {
  const owner = pod.metadata.ownerReferences?.find(reference => reference.controller);
  if (!owner) return {verdict: 'skipped', detail: 'nobody owns this pod: no controller has a part in it'};
  return {verdict: 'ok', ...at(versions[0]?.at), detail: `${owner.kind} ${owner.name} created ${pod.metadata.name}`};
}

function schedulerStage(notes: Notes, pod: Pod, name: string, versions: readonly Version[]): Reached {
  const decision = notes.decisions.findLast(({note}) => note.pod === name);
  if (pod.spec?.nodeName) {
    const bound = since(versions, each => each.spec?.nodeName !== undefined);
    const total = decision?.note.totals[pod.spec.nodeName];
    return {verdict: 'ok', ...at(bound), detail: `bound to ${pod.spec.nodeName}${total === undefined ? '' : `, score ${total}`}`};
  }
  if (decision?.note.node === null) return {verdict: 'waiting', atMs: decision.step.at, detail: decision.note.message};
  return {verdict: 'active', detail: 'waits for the scheduler'};
}

/** What was told of this pod on its node; another of its name that was there before had a story of its own. */
function storyOnNode({traces, commits}: Notes, pod: Pod): readonly Heard<TraceNote>[] {
  const key = `/registry/pods/${pod.metadata.namespace}/${pod.metadata.name}`;
  const born = commits.findLast(({note}) => note.key === key && note.type === 'create')?.step.id ?? 0;
  const subject = subjectOf(pod as KubeObject);
  return (traces.get(pod.spec!.nodeName!) ?? []).filter(({step, note}) => step.id >= born && note.subject === subject);
}

function nodeStages(notes: Notes, pod: Pod, versions: readonly Version[]): [string, Reached][] {
  if (!pod.spec?.nodeName) return [];
  const story = storyOnNode(notes, pod);
  const rejected = story.find(({note}) => note.stage === 'Admission' && note.detail.startsWith('rejected'));
  if (rejected) return [['kubelet', {verdict: 'denied', atMs: rejected.step.at, detail: `${pod.spec.nodeName} ${rejected.note.detail}`}]];
  const statuses = pod.status?.containerStatuses ?? [];
  const {state, healthy} = podState(pod as KubeObject);
  const started = since(versions, each => each.status?.startTime !== undefined);
  const call = (name: string) => story.find(({note}) => note.stage === 'CRI' && note.detail.startsWith(name));
  const sandboxed = call('RunPodSandbox')?.step.at ?? since(versions, each => conditionOf(each, 'PodReadyToStartContainers') === 'True');
  const cni = call('CNI ADD');
  const addressed = cni?.step.at ?? since(versions, each => each.status?.podIP !== undefined);
  const running = since(
    versions,
    each => each.status?.containerStatuses?.every(status => status.state?.running || status.state?.terminated) ?? false,
  );
  const settled = since(versions, each => podState(each as KubeObject).healthy);
  const trouble = statuses.find(
    status => status.state?.waiting && !['ContainerCreating', 'PodInitializing'].includes(status.state.waiting.reason ?? ''),
  );
  const stage = (when: number | undefined, detail: string, waiting: string): Reached =>
    when === undefined ? {verdict: 'active', detail: waiting} : {verdict: 'ok', atMs: when, detail};
  const told = story[0]?.step.at ?? started;
  const plan = story.findLast(({note}) => note.stage === 'SyncPod' && note.detail !== 'nothing to do');
  const rows: [string, Reached][] = [
    [
      'kubelet',
      stage(
        told,
        `${pod.spec.nodeName} took it: ${plan?.note.detail ?? 'admitted'}`,
        `the kubelet of ${pod.spec.nodeName} has not seen it yet`,
      ),
    ],
    ['sandbox', stage(sandboxed ?? addressed, call('RunPodSandbox')?.note.detail ?? 'there', 'the sandbox is being made')],
    [
      'CNI',
      pod.spec.hostNetwork
        ? {verdict: 'skipped', detail: "uses the node's own network"}
        : stage(addressed, cni?.note.detail ?? `address ${pod.status?.podIP ?? ''}`, 'waits for an address'),
    ],
    [
      'containers',
      trouble
        ? {verdict: 'waiting', detail: `${trouble.name}: ${trouble.state!.waiting!.reason}`}
        : stage(running, statuses.map(status => status.name).join(', '), 'images are pulled, containers are created'),
    ],
    [
      'status',
      settled === undefined ? {verdict: 'active', detail: state} : {verdict: healthy ? 'ok' : 'waiting', atMs: settled, detail: state},
    ],
  ];
  // Only one stage is at work: those after it have not begun.
  const working = rows.findIndex(([, each]) => each.verdict === 'active' || each.verdict === 'waiting');
  return working < 0 ? rows : rows.slice(0, working + 1);
}

function at(ms: number | undefined): {atMs?: number} {
  return ms === undefined ? {} : {atMs: ms};
}
