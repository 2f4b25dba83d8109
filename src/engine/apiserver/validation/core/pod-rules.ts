/** What happens to pods before they are stored. upstream: pkg/registry/core/pod/strategy.go */
import {getPodQos} from '../../../api/qos.ts';
import type {Pod} from '../../../api/types.ts';
import {type Fields, has, semanticEqual} from '../fields.ts';
import type {KindRules} from '../rules.ts';
import {validateEphemeralContainersUpdate, validatePodCreate, validatePodUpdate} from './pod.ts';
import {validatePodResize} from './pod-resize.ts';
import {validatePodStatusUpdate} from './pod-status.ts';
import {warningsOfPod} from './template-warnings.ts';

const REQUIRED = 'requiredDuringSchedulingIgnoredDuringExecution';
const PREFERRED = 'preferredDuringSchedulingIgnoredDuringExecution';

/** Label keys stand for the pod's own values: they become expressions of the selector. */
function mergeKeys(selector: Fields | undefined, keys: readonly string[] | undefined, operator: 'In' | 'NotIn', labels: Fields): void {
  if (!selector) return;
  for (const key of keys ?? []) {
    if (labels[key] === undefined) continue;
    const merged = {key, operator, values: [labels[key]]};
    const before: readonly Fields[] = selector['matchExpressions'] ?? [];
    if (!before.some(expression => semanticEqual(expression, merged))) selector['matchExpressions'] = [...before, merged];
  }
}

function applyLabelKeys(pod: Fields): void {
  const {metadata, spec} = pod;
  const labels: Fields = metadata.labels ?? {};
  for (const kind of ['podAffinity', 'podAntiAffinity']) {
    const affinity: Fields | undefined = spec.affinity?.[kind];
    const terms: Fields[] = [...(affinity?.[REQUIRED] ?? []), ...(affinity?.[PREFERRED] ?? []).map((w: Fields) => w['podAffinityTerm'])];
    for (const term of terms) {
      mergeKeys(term?.['labelSelector'], term?.['matchLabelKeys'], 'In', labels);
      mergeKeys(term?.['labelSelector'], term?.['mismatchLabelKeys'], 'NotIn', labels);
    }
  }
  for (const constraint of spec.topologySpreadConstraints ?? [])
    mergeKeys(constraint.labelSelector, constraint.matchLabelKeys, 'In', labels);
}

/** Fields behind feature gates that are off in v1.36. upstream: pkg/api/pod/util.go DropDisabledPodFields */
function dropDisabledPodFields(spec: Fields): void {
  for (const volume of spec['volumes'] ?? []) {
    for (const source of volume.projected?.sources ?? []) {
      delete source.clusterTrustBundle;
      delete source.podCertificate;
    }
    const claim = volume.ephemeral?.volumeClaimTemplate?.spec;
    if (claim?.dataSourceRef?.namespace) delete claim.dataSourceRef;
  }
}

const GATED = 'Scheduling is blocked due to non-empty scheduling gates';

function prepareForCreate(pod: Fields): void {
  const {metadata, spec} = pod;
  metadata.generation = 1;
  dropDisabledPodFields(spec);
  pod['status'] = {phase: 'Pending', qosClass: getPodQos({spec} as Pod)};
  if (has(spec.schedulingGates))
    pod['status'].conditions = [{type: 'PodScheduled', status: 'False', reason: 'SchedulingGated', message: GATED}];
  applyLabelKeys(pod);
}

/** What a subresource about something else leaves as it was. upstream: metav1.ResetObjectMetaForStatus */
const KEPT_META = ['labels', 'annotations', 'finalizers', 'ownerReferences', 'deletionTimestamp', 'generation'];

function withOldMeta(metadata: Fields, old: Fields): Fields {
  const kept = {...metadata};
  for (const field of KEPT_META)
    if (old[field] === undefined) delete kept[field];
    else kept[field] = old[field];
  return kept;
}

const SPEC_ONLY = (object: Fields, old: Fields, spec: Fields): void => {
  const {metadata} = object;
  for (const key of Object.keys(object)) delete object[key];
  Object.assign(object, old, {metadata: withOldMeta(metadata, old['metadata']), spec});
};

/** A kubelet that does not know observedGeneration does not take it away. */
function keepObservedGenerations(status: Fields, old: Fields): void {
  if (!status['observedGeneration'] && old['observedGeneration']) status['observedGeneration'] = old['observedGeneration'];
  const seen = new Map<string, Fields[]>();
  for (const condition of old['conditions'] ?? []) seen.set(condition.type, [...(seen.get(condition.type) ?? []), condition]);
  for (const condition of status['conditions'] ?? []) {
    const before = seen.get(condition.type)?.shift();
    if (!condition.observedGeneration && before?.['observedGeneration']) condition.observedGeneration = before['observedGeneration'];
  }
}

/** The old containers with the new ones' resources. Where they are not the same containers, validation is to see it. */
const resized = (now: readonly Fields[] | undefined, old: readonly Fields[] | undefined): readonly Fields[] | undefined =>
  now?.map((container, i) => {
    const same = old?.[i];
    if (same?.['name'] !== container['name']) return container;
    return {...same, resources: container['resources'], ...(container['resizePolicy'] && {resizePolicy: container['resizePolicy']})};
  });

export const podRules: KindRules = {
  newStatus: 'keep',
  generation: true,
  prepareForCreate,
  validate: validatePodCreate,
  prepareForUpdate(pod) {
    dropDisabledPodFields(pod['spec']);
  },
  validateUpdate: validatePodUpdate,
  warnings: warningsOfPod,
  subresources: {
    status: {
      prepare(pod, old) {
        const {status, metadata} = pod;
        for (const key of Object.keys(pod)) delete pod[key];
        Object.assign(pod, old, {metadata: {...metadata, ownerReferences: old['metadata'].ownerReferences}, status});
        if (!old['metadata'].ownerReferences) delete pod['metadata'].ownerReferences;
        status.qosClass ||= old['status']?.qosClass;
        keepObservedGenerations(status, old['status'] ?? {});
      },
      validate: validatePodStatusUpdate,
    },
    ephemeralcontainers: {
      prepare(pod, old) {
        SPEC_ONLY(pod, old, {...old['spec'], ephemeralContainers: pod['spec'].ephemeralContainers});
      },
      validate: validateEphemeralContainersUpdate,
    },
    resize: {
      prepare(pod, old) {
        const [now, before]: [Fields, Fields] = [pod['spec'], old['spec']];
        const {resources: _resources, initContainers: _initContainers, ...rest} = before;
        SPEC_ONLY(pod, old, {
          ...rest,
          containers: resized(now['containers'], before['containers']),
          ...(now['initContainers'] && {initContainers: resized(now['initContainers'], before['initContainers'])}),
          ...(now['resources'] && {resources: now['resources']}),
        });
      },
      validate: validatePodResize,
    },
  },
};
