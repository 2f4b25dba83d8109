/** The volumes of a pod. upstream: pkg/apis/core/validation/validation.go ValidateVolumes, validateProjectionSources, ValidatePersistentVolumeClaimTemplate */
import {duplicate, forbiddenField, goQuote, invalidValue, required} from '../../../api/field-errors.ts';
import {isDNS1123Label, nameIsDNSSubdomain} from '../../../api/names.ts';
import {addInvalid, type Errors, type Fields} from '../fields.ts';
import {validateAnnotations, validateLabels} from '../meta.ts';
import {validateLocalNonReservedPath} from './paths.ts';
import {validateClaimSpec} from './persistent-volume-claim.ts';
import type {PodOptions} from './pod-spec.ts';
import {
  IMAGE_SOURCE,
  LATE_POD_SOURCES,
  POD_SOURCES,
  type SourceRow,
  validateDownwardFile,
  validateKeyToPath,
  validateMode,
  validateSources,
} from './volume-sources.ts';

/** Fields of a claim template's metadata that may be set. */
const TEMPLATE_META_ALLOWED = new Set(['annotations', 'labels']);

function validateClaimTemplate(errors: Errors, template: Fields, path: string): void {
  const meta: Fields = template['metadata'] ?? {};
  validateAnnotations(errors, meta['annotations'], `${path}.metadata.annotations`);
  validateLabels(errors, meta['labels'], `${path}.metadata.labels`);
  for (const field of META_ORDER)
    if (!TEMPLATE_META_ALLOWED.has(field) && meta[field] !== undefined)
      errors.push(forbiddenField(`${path}.metadata.${metaPath(field)}`, 'cannot be set'));
  validateClaimSpec(errors, template['spec'] ?? {}, `${path}.spec`);
}

/** As Go's structure has them. */
const META_ORDER = [
  'name',
  'generateName',
  'namespace',
  'selfLink',
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'ownerReferences',
  'finalizers',
  'managedFields',
];
/** Go's name with a small first letter. */
const metaPath = (field: string): string => (field === 'uid' ? 'uID' : field);

/** Only one projection may write a path. */
function validateProjections(errors: Errors, projected: Fields, path: string): void {
  const paths = new Set<string>();
  const claim = (file: string, value: unknown): void => {
    if (!file) return;
    if (paths.has(file)) errors.push(invalidValue(path, value, 'conflicting duplicate paths'));
    else paths.add(file);
  };
  projected['sources']?.forEach((source: Fields, i: number) => {
    const at = `${path}.sources[${i}]`;
    let count = 0;
    for (const kind of ['secret', 'configMap']) {
      const projection = source[kind];
      if (!projection) continue;
      count++;
      if (!projection.name) errors.push(required(`${at}.${kind}.name`));
      projection.items?.forEach((item: Fields, j: number) => {
        validateKeyToPath(errors, item, `${at}.${kind}.items[${j}]`);
        claim(item['path'], projection.name ?? '');
      });
    }
    if (source['downwardAPI']) {
      count++;
      for (const file of source['downwardAPI'].items ?? []) {
        validateDownwardFile(errors, file, `${at}.downwardAPI`);
        claim(file.path, file.path);
      }
    }
    const token = source['serviceAccountToken'];
    if (token) {
      count++;
      const seconds = token.expirationSeconds ?? 0;
      if (seconds < 600)
        errors.push(
          invalidValue(`${at}.serviceAccountToken.expirationSeconds`, seconds, 'may not specify a duration less than 10 minutes'),
        );
      if (seconds > 2 ** 32)
        errors.push(
          invalidValue(`${at}.serviceAccountToken.expirationSeconds`, seconds, 'may not specify a duration larger than 2^32 seconds'),
        );
      if (!token.path) errors.push(required(`${path}.path`));
      else validateLocalNonReservedPath(errors, token.path, `${path}.path`);
    }
    if (count > 1) errors.push(forbiddenField(at, 'may not specify more than 1 volume type per source'));
  });
}

const PROJECTED: SourceRow = {
  field: 'projected',
  check(errors, source, path) {
    validateMode(errors, source['defaultMode'], `${path}.defaultMode`);
    validateProjections(errors, source, path);
  },
};

/** A claim made for the pod, called after pod and volume. */
const EPHEMERAL: SourceRow = {
  field: 'ephemeral',
  check(errors, source, path, {podName, volumeName}) {
    if (!source['volumeClaimTemplate']) errors.push(required(`${path}.volumeClaimTemplate`));
    else validateClaimTemplate(errors, source['volumeClaimTemplate'], `${path}.volumeClaimTemplate`);
    if (!podName || !volumeName) return;
    const claimName = `${podName}-${volumeName}`;
    const at = `${path.slice(0, path.lastIndexOf('.'))}.name`;
    for (const message of nameIsDNSSubdomain(claimName, false))
      errors.push(invalidValue(at, volumeName, `PVC name ${goQuote(claimName)}: ${message}`));
  },
};

const SOURCES: readonly SourceRow[] = [...POD_SOURCES, PROJECTED, ...LATE_POD_SOURCES, EPHEMERAL, IMAGE_SOURCE];

/** Checks the volumes and returns those that are sound, by name. `podName` is '' in templates. */
export function validateVolumes(
  errors: Errors,
  volumes: readonly Fields[] | undefined,
  podName: string,
  path: string,
  options: PodOptions,
): Map<string, Fields> {
  const sound = new Map<string, Fields>();
  if (!volumes) return sound;
  const created = new Set(podName ? volumes.filter(v => v['ephemeral']).map(v => `${podName}-${v['name']}`) : []);
  volumes.forEach((volume, i) => {
    const at = `${path}[${i}]`;
    const name: string = volume['name'];
    const own: Errors = [];
    const context = {volumeName: name, podName, inPod: true, resourceIsPod: options.resourceIsPod};
    const types = validateSources(own, volume, SOURCES, at, context);
    if (types === 0) own.push(required(at, 'must specify a volume type'));
    if (!name) own.push(required(`${at}.name`));
    else addInvalid(own, `${at}.name`, name, isDNS1123Label(name));
    if (sound.has(name)) own.push(duplicate(`${at}.name`, name));
    if (own.length === 0) sound.set(name, volume);
    else errors.push(...own);
    const claimName = volume['persistentVolumeClaim']?.claimName;
    if (claimName !== undefined && created.has(claimName))
      errors.push(
        invalidValue(
          `${at}.persistentVolumeClaim.claimName`,
          claimName,
          'must not reference a PVC that gets created for an ephemeral volume',
        ),
      );
  });
  return sound;
}
