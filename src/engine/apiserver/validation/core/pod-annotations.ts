/** Annotations that mean something for pods. upstream: pkg/apis/core/validation/validation.go ValidatePodSpecificAnnotations and neighbours */

import {type FieldError, forbiddenField, goQuote, invalidValue} from '../../../api/field-errors.ts';
import {
  MIRROR_POD_ANNOTATION,
  POD_DELETION_COST_ANNOTATION,
  SECCOMP_CONTAINER_ANNOTATION_PREFIX,
  SECCOMP_POD_ANNOTATION,
} from '../../../api/well-known.ts';
import {type Errors, type Fields, keysOf} from '../fields.ts';
import {type GoStruct, readStructs} from '../json.ts';
import {validateTolerations} from './affinity.ts';
import {validateLocalDescendingPath} from './paths.ts';

const TOLERATIONS = 'scheduler.alpha.kubernetes.io/tolerations';
export const APPARMOR = 'container.apparmor.security.beta.kubernetes.io/';

/** Every container of a pod spec with its path, in the server's order. */
export function containersWithPath(spec: Fields, path: string): [container: Fields, path: string][] {
  return ['initContainers', 'containers', 'ephemeralContainers'].flatMap(list =>
    ((spec[list] ?? []) as Fields[]).map((c, i): [Fields, string] => [c, `${path}.${list}[${i}]`]),
  );
}

function validateSeccompValue(errors: Errors, value: string, path: string): void {
  if (value === 'runtime/default' || value === 'docker/default' || value === 'unconfined') return;
  if (value.startsWith('localhost/')) validateLocalDescendingPath(errors, value.slice('localhost/'.length), path);
  else errors.push(invalidValue(path, value, 'must be a valid seccomp profile'));
}

function validateAppArmor(errors: Errors, annotations: Fields, spec: Fields, path: string): void {
  for (const key of keysOf(annotations)) {
    if (!key.startsWith(APPARMOR)) continue;
    const container = key.slice(APPARMOR.length);
    const value: string = annotations[key];
    if (!containersWithPath(spec, 'spec').some(([c]) => c['name'] === container))
      errors.push(invalidValue(`${path}[${key}]`, container, 'container not found'));
    if (value !== '' && value !== 'runtime/default' && value !== 'unconfined' && !value.startsWith('localhost/'))
      errors.push(invalidValue(`${path}[${key}]`, value, `invalid AppArmor profile name: ${goQuote(value)}`));
  }
}

/** A 32-bit integer without a sign for plus or leading zeros; behind a minus anything goes. upstream: helper.GetDeletionCostFromPodAnnotations */
const isDeletionCost = (text: string): boolean => /^(0|[1-9]\d*|-\d+)$/.test(text) && Number(text) >= -(2 ** 31) && Number(text) < 2 ** 31;

const TOLERATION: GoStruct = {
  name: 'core.Toleration',
  fields: {Key: 'string', Operator: 'core.TolerationOperator', Value: 'string', Effect: 'core.TaintEffect', TolerationSeconds: 'int64'},
};

/** Before v1.6 tolerations stood in an annotation; what is there is still looked at. */
function validateTolerationsAnnotation(errors: Errors, text: string, path: string): void {
  const read = readStructs(text, TOLERATION);
  if (read.error !== undefined) errors.push(invalidValue(path, TOLERATIONS, read.error));
  else validateTolerations(errors, read.value, `${path}.${TOLERATIONS}`);
}

export function validatePodAnnotations(errors: Errors, annotations: Fields | undefined, spec: Fields, path: string): void {
  if (!annotations) return;
  if (annotations[MIRROR_POD_ANNOTATION] !== undefined && !spec['nodeName'])
    errors.push(
      invalidValue(
        `${path}[${MIRROR_POD_ANNOTATION}]`,
        annotations[MIRROR_POD_ANNOTATION],
        'must set spec.nodeName if mirror pod annotation is set',
      ),
    );
  if (annotations[TOLERATIONS]) validateTolerationsAnnotation(errors, annotations[TOLERATIONS], path);
  const cost = annotations[POD_DELETION_COST_ANNOTATION];
  if (cost !== undefined && !isDeletionCost(cost))
    errors.push(invalidValue(`${path}[${POD_DELETION_COST_ANNOTATION}]`, cost, 'must be a 32bit integer'));
  if (annotations[SECCOMP_POD_ANNOTATION] !== undefined)
    validateSeccompValue(errors, annotations[SECCOMP_POD_ANNOTATION], `${path}.${SECCOMP_POD_ANNOTATION}`);
  for (const key of keysOf(annotations))
    if (key.startsWith(SECCOMP_CONTAINER_ANNOTATION_PREFIX)) validateSeccompValue(errors, annotations[key], `${path}.${key}`);
  validateAppArmor(errors, annotations, spec, path);
}

export function validatePodAnnotationsUpdate(errors: Errors, pod: Fields, old: Fields, path: string): void {
  const now: Fields = pod['metadata'].annotations ?? {};
  const before: Fields = old['metadata'].annotations ?? {};
  for (const key of keysOf(before)) {
    if (now[key] === before[key]) continue;
    if (key.startsWith(APPARMOR)) errors.push(forbiddenField(`${path}[${key}]`, 'may not remove or update AppArmor annotations'));
    if (key === MIRROR_POD_ANNOTATION) errors.push(forbiddenField(`${path}[${key}]`, 'may not remove or update mirror pod annotation'));
  }
  for (const key of keysOf(now)) {
    if (before[key] !== undefined) continue;
    if (key.startsWith(APPARMOR)) errors.push(forbiddenField(`${path}[${key}]`, 'may not add AppArmor annotations'));
    if (key === MIRROR_POD_ANNOTATION) errors.push(forbiddenField(`${path}[${key}]`, 'may not add mirror pod annotation'));
  }
  validatePodAnnotations(errors, now, pod['spec'], path);
}

/** An annotation of old beside the field that took its place: they must agree. */
function profileMismatch(what: 'seccomp' | 'apparmor', annotation: string, profile: Fields, path: string): FieldError | undefined {
  const typeError = forbiddenField(`${path}.type`, `${what} type in annotation and field must match`);
  const defaults = what === 'seccomp' ? ['runtime/default', 'docker/default'] : ['runtime/default'];
  switch (profile['type']) {
    case 'Unconfined':
      return annotation === 'unconfined' ? undefined : typeError;
    case 'RuntimeDefault':
      return defaults.includes(annotation) ? undefined : typeError;
    case 'Localhost':
      if (!annotation.startsWith('localhost/')) return typeError;
      return annotation.slice('localhost/'.length) === profile['localhostProfile']
        ? undefined
        : forbiddenField(`${path}.localhostProfile`, `${what} profile in annotation and field must match`);
    default:
      return undefined;
  }
}

/** upstream: validateSeccompAnnotationsAndFields, validateAppArmorAnnotationsAndFieldsMatchOnCreate */
export function validateProfilesMatch(errors: Errors, annotations: Fields | undefined, spec: Fields, path: string): void {
  if (!annotations) return;
  const check = (what: 'seccomp' | 'apparmor', key: string, profile: Fields | undefined, at: string): void => {
    if (!profile || annotations[key] === undefined) return;
    const error = profileMismatch(what, annotations[key], profile, at);
    if (error) errors.push(error);
  };
  const podContext: Fields | undefined = spec['securityContext'];
  check('seccomp', SECCOMP_POD_ANNOTATION, podContext?.['seccompProfile'], `${path}.securityContext.seccompProfile`);
  const containers = containersWithPath(spec, path);
  for (const [c, at] of containers)
    check(
      'seccomp',
      SECCOMP_CONTAINER_ANNOTATION_PREFIX + c['name'],
      c['securityContext']?.seccompProfile,
      `${at}.securityContext.seccompProfile`,
    );
  if (spec['os']?.name === 'windows') return;
  for (const [c, at] of containers)
    check(
      'apparmor',
      APPARMOR + c['name'],
      c['securityContext']?.appArmorProfile ?? podContext?.['appArmorProfile'],
      `${at}.securityContext.appArmorProfile`,
    );
}
