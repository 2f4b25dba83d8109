/** Pods: created, updated, bound, given a status. upstream: pkg/apis/core/validation/validation.go ValidatePodCreate and what follows */

import {forbiddenField, invalidValue, notSupported, required} from '../../../api/field-errors.ts';
import {MAX_INT32} from '../../../api/int32.ts';
import {inclusiveRangeError, nameIsDNSSubdomain} from '../../../api/names.ts';
import {MIRROR_POD_ANNOTATION} from '../../../api/well-known.ts';

import {type Errors, type Fields, has, keysOf, semanticEqual} from '../fields.ts';
import {validateCoreObjectMeta, validateCoreObjectMetaUpdate} from '../meta.ts';
import {validateTolerations} from './affinity.ts';
import {validateImageSpaces} from './containers.ts';
import {specDiff} from './diff.ts';
import {validatePodAnnotations, validatePodAnnotationsUpdate, validateProfilesMatch} from './pod-annotations.ts';
import {validatePodSpec} from './pod-spec.ts';

export function validatePodMetadataAndSpec(errors: Errors, pod: Fields, old?: Fields): void {
  const {metadata, spec} = pod;
  validateCoreObjectMeta(errors, metadata, true, nameIsDNSSubdomain);
  validatePodAnnotations(errors, metadata.annotations, spec, 'metadata.annotations');
  validatePodSpec(errors, spec, metadata.name ?? '', 'spec', {resourceIsPod: true, before: old?.['spec']});
  if (!spec.serviceAccountName)
    spec.volumes?.forEach((volume: Fields, i: number) => {
      volume['projected']?.sources?.forEach((source: Fields, j: number) => {
        if (source['serviceAccountToken'])
          errors.push(
            forbiddenField(
              `spec.volumes[${i}].projected.sources[${j}].serviceAccountToken`,
              'must not be specified when serviceAccountName is not set',
            ),
          );
      });
    });
  for (const list of ['containers', 'initContainers'])
    spec[list]?.forEach((container: Fields, i: number) => {
      validateImageSpaces(errors, container, `spec.${list}[${i}]`);
    });
}

export function validatePodCreate(errors: Errors, pod: Fields): void {
  validatePodMetadataAndSpec(errors, pod);
  const {metadata, spec} = pod;
  if (has(spec.ephemeralContainers)) errors.push(forbiddenField('spec.ephemeralContainers', 'cannot be set on create'));
  if (spec.nodeName && has(spec.schedulingGates))
    errors.push(forbiddenField('spec.nodeName', 'cannot be set until all schedulingGates have been cleared'));
  validateProfilesMatch(errors, metadata.annotations, spec, 'spec');
}

/** Returns false where going on makes no sense. */
function validateContainerUpdates(errors: Errors, containers: readonly Fields[], old: readonly Fields[], path: string): boolean {
  if (containers.length !== old.length) {
    errors.push(forbiddenField(path, 'pod updates may not add or remove containers'));
    return false;
  }
  containers.forEach((container, i) => {
    if (!container['image']) errors.push(required(`${path}[${i}].image`));
    validateImageSpaces(errors, container, `${path}[${i}]`);
  });
  return true;
}

/** Returns false where going on makes no sense. */
function validateDeadlineUpdate(errors: Errors, deadline: number | undefined, old: number | undefined): boolean {
  const path = 'spec.activeDeadlineSeconds';
  if (deadline === undefined) {
    if (old !== undefined) errors.push(invalidValue(path, null, 'must not update from a positive integer to nil value'));
    return true;
  }
  if (deadline < 0 || deadline > MAX_INT32) {
    errors.push(invalidValue(path, deadline, inclusiveRangeError(0, MAX_INT32)));
    return false;
  }
  if (old !== undefined && old < deadline) {
    errors.push(invalidValue(path, deadline, 'must be less than or equal to previous value'));
    return false;
  }
  return true;
}

function validateOnlyAddedTolerations(errors: Errors, tolerations: readonly Fields[], old: readonly Fields[], path: string): void {
  const sameButSeconds = (a: Fields, b: Fields): boolean =>
    semanticEqual({...a, tolerationSeconds: undefined}, {...b, tolerationSeconds: undefined});
  if (old.some(o => !tolerations.some(t => sameButSeconds(o, t)))) {
    errors.push(forbiddenField(path, 'existing toleration can not be modified except its tolerationSeconds'));
    return;
  }
  validateTolerations(errors, tolerations, path);
}

function validateOnlyDeletedGates(errors: Errors, gates: readonly Fields[], old: readonly Fields[]): void {
  gates.forEach((gate, i) => {
    if (!old.some(o => o['name'] === gate['name']))
      errors.push(
        forbiddenField(`spec.schedulingGates[${i}].name`, `only deletion is allowed, but found new scheduling gate '${gate['name']}'`),
      );
  });
}

const REQUIRED = 'requiredDuringSchedulingIgnoredDuringExecution';

/** Terms may only grow. */
function termOnlyAdds(term: Fields, old: Fields): boolean {
  const lists = ['matchExpressions', 'matchFields'];
  if (lists.every(l => !has(old[l])) && lists.some(l => has(term[l]))) return false;
  return lists.every(l => {
    const before: unknown[] = old[l] ?? [];
    return semanticEqual((term[l] ?? []).slice(0, before.length), before);
  });
}

function validateNodeAffinityMutation(errors: Errors, affinity: Fields | undefined, old: Fields | undefined): void {
  const before: readonly Fields[] = old?.[REQUIRED]?.nodeSelectorTerms ?? [];
  if (!old?.[REQUIRED]) return;
  const after: readonly Fields[] | undefined = affinity?.[REQUIRED]?.nodeSelectorTerms;
  const path = `spec.affinity.nodeAffinity.${REQUIRED}.nodeSelectorTerms`;
  if (before.length > 0 && before.length !== (after?.length ?? 0)) {
    errors.push(
      invalidValue(path, after ? after.map(internalTerm) : null, 'no additions/deletions to non-empty NodeSelectorTerms list are allowed'),
    );
    return;
  }
  before.forEach((term, i) => {
    if (!termOnlyAdds(after![i]!, term))
      errors.push(invalidValue(`${path}[${i}]`, internalTerm(after![i]!), 'only additions are allowed (no mutations or deletions)'));
  });
}

/** As Go's encoder shows the internal type. */
const internalTerm = (term: Fields): Fields => {
  const requirements = (list: readonly Fields[] | undefined) =>
    list ? list.map(r => ({Key: r['key'], Operator: r['operator'], Values: r['values'] ?? null})) : null;
  return {MatchExpressions: requirements(term['matchExpressions']), MatchFields: requirements(term['matchFields'])};
};

/** While a pod is gated, its node selector and node affinity may grow. Returns the spec with that put back. */
function mungeGated(errors: Errors, spec: Fields, old: Fields): Fields {
  const munged: Fields = {...spec};
  if (!semanticEqual(spec['nodeSelector'], old['nodeSelector'])) {
    const [now, before]: [Fields, Fields] = [spec['nodeSelector'] ?? {}, old['nodeSelector'] ?? {}];
    if (keysOf(before).some(key => now[key] !== before[key]))
      errors.push(
        invalidValue(
          'spec.nodeSelector',
          spec['nodeSelector'] ?? null,
          'only additions to spec.nodeSelector are allowed (no mutations or deletions)',
        ),
      );
    munged['nodeSelector'] = old['nodeSelector'];
  }
  const [now, before] = [spec['affinity']?.nodeAffinity, old['affinity']?.nodeAffinity];
  if (semanticEqual(now, before)) return munged;
  validateNodeAffinityMutation(errors, now, before);
  const others = {...spec['affinity'], nodeAffinity: before};
  const nothingElse = !others.podAffinity && !others.podAntiAffinity && !before;
  munged['affinity'] = nothingElse && !old['affinity'] ? undefined : others;
  return munged;
}

const UPDATABLE = [
  '`spec.containers[*].image`',
  '`spec.initContainers[*].image`',
  '`spec.activeDeadlineSeconds`',
  '`spec.tolerations` (only additions to existing tolerations)',
  '`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)',
].join(',');

const withOldImages = (containers: readonly Fields[] | undefined, old: readonly Fields[] | undefined): Fields[] | undefined =>
  containers?.map((c, i) => ({...c, image: old?.[i]?.['image']}));

export function validatePodUpdate(errors: Errors, pod: Fields, old: Fields): void {
  const {spec} = pod;
  const before: Fields = old['spec'];
  validateCoreObjectMetaUpdate(errors, pod['metadata'], old['metadata']);
  validatePodMetadataAndSpec(errors, pod, old);
  validatePodAnnotationsUpdate(errors, pod, old, 'metadata.annotations');

  // 1. What may change, each with its own rules.
  for (const list of ['containers', 'initContainers'])
    if (!validateContainerUpdates(errors, spec[list] ?? [], before[list] ?? [], `spec.${list}`)) return;
  if (!validateDeadlineUpdate(errors, spec.activeDeadlineSeconds, before['activeDeadlineSeconds'])) return;
  validateOnlyAddedTolerations(errors, spec.tolerations ?? [], before['tolerations'] ?? [], 'spec.tolerations');
  validateOnlyDeletedGates(errors, spec.schedulingGates ?? [], before['schedulingGates'] ?? []);
  if (semanticEqual(spec, before)) return;

  // 2. With that put back, everything must be as it was.
  let munged: Fields = {
    ...spec,
    containers: withOldImages(spec.containers, before['containers']),
    initContainers: withOldImages(spec.initContainers, before['initContainers']),
    activeDeadlineSeconds: before['activeDeadlineSeconds'],
    schedulingGates: before['schedulingGates'],
    tolerations: before['tolerations'],
  };
  if (before['terminationGracePeriodSeconds'] < 0 && munged['terminationGracePeriodSeconds'] === 1)
    munged['terminationGracePeriodSeconds'] = before['terminationGracePeriodSeconds'];
  if (has(before['schedulingGates'])) munged = mungeGated(errors, munged, before);
  if (!semanticEqual(munged, before))
    errors.push(forbiddenField('spec', `pod updates may not change fields other than ${UPDATABLE}\n${specDiff(before, munged)}`));
}

export function validateEphemeralContainersUpdate(errors: Errors, pod: Fields, old: Fields): void {
  validateCoreObjectMetaUpdate(errors, pod['metadata'], old['metadata']);
  validatePodMetadataAndSpec(errors, pod, old);
  validatePodAnnotationsUpdate(errors, pod, old, 'metadata.annotations');
  if (old['metadata'].annotations?.[MIRROR_POD_ANNOTATION] !== undefined) {
    errors.splice(0, errors.length, forbiddenField('', 'static pods do not support ephemeral containers'));
    return;
  }
  const path = 'spec.ephemeralContainers';
  const now: readonly Fields[] = pod['spec'].ephemeralContainers ?? [];
  for (const container of old['spec'].ephemeralContainers ?? []) {
    const same = now.find(c => c['name'] === container.name);
    const name = JSON.stringify(container.name);
    if (!same) errors.push(forbiddenField(path, `existing ephemeral containers ${name} may not be removed\n`));
    else if (!semanticEqual(same, container))
      errors.push(forbiddenField(path, `existing ephemeral containers ${name} may not be changed\n${specDiff(container, same)}`));
  }
}

/** upstream: ValidatePodBinding */
export function validatePodBinding(errors: Errors, binding: Fields): void {
  const {kind, name} = binding['target'] ?? {};
  if (kind && kind !== 'Node') errors.push(notSupported('target.kind', kind, ['Node', '<empty>']));
  if (!name) errors.push(required('target.name'));
}
