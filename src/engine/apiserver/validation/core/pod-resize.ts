/** The resize subresource: cpu and memory of a pod and of its containers, nothing else. upstream: pkg/apis/core/validation/validation.go ValidatePodResize */

import {forbiddenField, invalidValue} from '../../../api/field-errors.ts';
import {isPodLevelResourcesSet} from '../../../api/pod-resources.ts';
import {isRestartableInitContainer} from '../../../api/pods.ts';
import {computePodQos, getPodQos} from '../../../api/qos.ts';
import type {Pod} from '../../../api/types.ts';
import {MIRROR_POD_ANNOTATION} from '../../../api/well-known.ts';
import {type Errors, type Fields, keysOf, semanticEqual} from '../fields.ts';
import {validateCoreObjectMetaUpdate} from '../meta.ts';
import {validatePodMetadataAndSpec} from './pod.ts';

const QOS_STAYS = 'Pod QOS Class may not change as a result of resizing';
const NODE_TOO_OLD = 'Pod running on node without support for resize';
const ONLY_COMPUTE = 'only cpu and memory resources are mutable';
const ONLY_COMPUTE_OF_INIT = 'only cpu and memory resources for init or sidecar containers are mutable';
const INIT_CANNOT_RESTART = 'non-sidecar init containers with a resize policy of RestartContainer cannot be resized';
const POD_RESOURCES_STAY = 'pod-level resources cannot be removed';
const ONLY_COMPUTE_OF_POD = 'only cpu and memory resources are mutable at pod-level';

const LISTS = ['containers', 'initContainers'] as const;

export function validatePodResize(errors: Errors, pod: Fields, old: Fields): void {
  validateCoreObjectMetaUpdate(errors, pod['metadata'], old['metadata']);
  validatePodMetadataAndSpec(errors, pod, old);
  const isStatic = old['metadata'].annotations?.[MIRROR_POD_ANNOTATION] !== undefined;
  if (isStatic || old['spec'].os?.name === 'windows') {
    errors.splice(0, errors.length, forbiddenField('', `${isStatic ? 'static' : 'windows'} pods cannot be resized`));
    return;
  }
  const [spec, before]: [Fields, Fields] = [pod['spec'], old['spec']];
  if (getPodQos(old) !== computePodQos(pod)) errors.push(invalidValue('spec', pod['status']?.qosClass ?? '', QOS_STAYS));
  if (!nodeCanResize(old)) errors.push(forbiddenField('spec', NODE_TOO_OLD));
  if (isPodLevelResourcesSet(old as Pod) || isPodLevelResourcesSet(pod as Pod))
    validatePodLevelResize(errors, spec['resources'], before['resources']);
  if (validateSameContainers(errors, spec, before)) validateContainers(errors, spec, before);
}

/** A kubelet that can resize tells what its running containers have. */
function nodeCanResize({status}: Fields): boolean {
  const running = (status?.containerStatuses ?? []).find(({state}: Fields) => state?.running !== undefined);
  return running === undefined || running.resources !== undefined;
}

function validatePodLevelResize(errors: Errors, now: Fields | undefined, before: Fields | undefined): void {
  if (before && !now) {
    errors.push(forbiddenField('spec.resources', POD_RESOURCES_STAY));
    return;
  }
  for (const list of ['requests', 'limits'])
    if (isRemoved(now?.[list], before?.[list]))
      errors.push(forbiddenField(`spec.resources.${list}`, `pod-level resource ${list} cannot be removed`));
  if (!semanticEqual(withOldCompute(now, before), withOldCompute(before, before))) errors.push(forbiddenField('spec', ONLY_COMPUTE_OF_POD));
}

/** Whether every container stands where it stood. */
function validateSameContainers(errors: Errors, spec: Fields, before: Fields): boolean {
  const found = errors.length;
  for (const list of LISTS) {
    const [now, then]: [Fields[], Fields[]] = [spec[list] ?? [], before[list] ?? []];
    if (now.length !== then.length) errors.push(forbiddenField(`spec.${list}`, `${list} may not be added or removed on resize`));
    else
      for (const [i, {name}] of then.entries())
        if (now[i]!['name'] !== name)
          errors.push(forbiddenField(`spec.${list}[${i}].name`, `${list} may not be renamed or reordered on resize`));
  }
  return errors.length === found;
}

function validateContainers(errors: Errors, spec: Fields, before: Fields): void {
  for (const list of ['initContainers', 'containers'])
    for (const [i, container] of (before[list] ?? []).entries())
      for (const kind of ['requests', 'limits'])
        if (isRemoved(spec[list][i].resources?.[kind], container.resources?.[kind]))
          errors.push(forbiddenField(`spec.${list}[${i}].resources.${kind}`, `resource ${kind} cannot be removed`));
  const munged: Fields = {...spec, resources: before['resources']};
  for (const list of LISTS)
    munged[list] = spec[list]?.map((container: Fields, i: number) => {
      const was: Fields = before[list][i];
      const same = {...container, resizePolicy: was['resizePolicy'], resources: withOldCompute(container['resources'], was['resources'])};
      const isInit = list === 'initContainers';
      const at = isInit ? `spec.initContainers[${i}]` : 'spec';
      if (!semanticEqual(same, {...was, resources: withOldCompute(was['resources'], was['resources'])}))
        errors.push(forbiddenField(at, isInit ? ONLY_COMPUTE_OF_INIT : ONLY_COMPUTE));
      const restarts = container['resizePolicy']?.some(({restartPolicy}: Fields) => restartPolicy === 'RestartContainer');
      if (isInit && restarts && !isRestartableInitContainer(container) && !semanticEqual(container, was))
        errors.push(forbiddenField(at, INIT_CANNOT_RESTART));
      return was;
    });
  if (errors.length === 0 && !semanticEqual(munged, before)) errors.push(forbiddenField('spec', ONLY_COMPUTE));
}

const isRemoved = (now: Fields | undefined, before: Fields | undefined): boolean => keysOf(before).some(name => now?.[name] === undefined);

/** Resources with cpu and memory as they were; a list without anything is none. */
function withOldCompute(resources: Fields | undefined, before: Fields | undefined): Fields {
  const restored = (now: Fields = {}, then: Fields = {}): Fields | undefined => {
    const {cpu: _cpu, memory: _memory, ...rest} = now;
    const {cpu, memory} = then;
    const list = {...rest, ...(cpu !== undefined && {cpu}), ...(memory !== undefined && {memory})};
    return Object.keys(list).length > 0 ? list : undefined;
  };
  return {
    limits: restored(resources?.['limits'], before?.['limits']),
    requests: restored(resources?.['requests'], before?.['requests']),
    claims: resources?.['claims'],
  };
}
