/** upstream: plugin/pkg/admission/serviceaccount/admission.go */

import {secretNames} from '../../api/pod-references.ts';
import type {Container, core, Pod, ServiceAccount} from '../../api/types.ts';
import {MIRROR_POD_ANNOTATION} from '../../api/well-known.ts';
import {isAboutSubresource, isPod} from './matching.ts';
import {refusal} from './refusal.ts';
import type {AdmissionContext, AdmissionPlugin, Attributes} from './types.ts';

const DEFAULT_NAME = 'default';
const VOLUME_PREFIX = 'kube-api-access-';
const MOUNT_PATH = '/var/run/secrets/kubernetes.io/serviceaccount';
const ENFORCE_MOUNTABLE = 'kubernetes.io/enforce-mountable-secrets';
/** As Go reads it from a text. */
const TRUE: ReadonlySet<string> = new Set(['1', 't', 'T', 'true', 'TRUE', 'True']);
/** One hour and seven seconds: a number the token issuer recognizes, see authentication/service-account.ts. */
const TOKEN_SECONDS = 3607;

/** Gives every pod an identity, and the token that proves it. */
export const serviceAccount: AdmissionPlugin = {
  name: 'ServiceAccount',
  handles: attributes => isPod(attributes, 'CREATE') || isAboutSubresource(attributes, '', 'pods', 'ephemeralcontainers', 'UPDATE'),
  admit(attributes, context) {
    if (attributes.operation !== 'CREATE') return;
    const {metadata, spec} = attributes.object as Pod;
    if (metadata.annotations?.[MIRROR_POD_ANNOTATION] !== undefined) return validateMirrorPod(attributes);
    // `serviceAccount` is the old name of the field; both are kept the same.
    if (!spec!.serviceAccountName) spec!.serviceAccount = spec!.serviceAccountName = DEFAULT_NAME;
    const account = lookUp(attributes, context);
    if (spec!.automountServiceAccountToken ?? account.automountServiceAccountToken ?? true) mountToken(spec!, context);
    if (!spec!.imagePullSecrets?.length && account.imagePullSecrets?.length)
      spec!.imagePullSecrets = account.imagePullSecrets.map(({name}) => ({name}));
    limitSecrets(attributes, account);
  },
  validate(attributes, context) {
    const {metadata, spec} = attributes.object as Pod;
    if (attributes.operation === 'CREATE' && metadata.annotations?.[MIRROR_POD_ANNOTATION] !== undefined)
      return validateMirrorPod(attributes);
    if (!spec!.serviceAccountName)
      throw refusal(attributes, `no service account specified for pod ${attributes.namespace}/${metadata.name ?? ''}`);
    limitSecrets(attributes, lookUp(attributes, context));
  },
};

function lookUp(attributes: Attributes, context: AdmissionContext): ServiceAccount {
  const {namespace, object} = attributes;
  const name = (object as Pod).spec!.serviceAccountName!;
  const account = context.get<ServiceAccount>('serviceaccounts', namespace, name);
  if (!account) throw refusal(attributes, `error looking up service account ${namespace}/${name}: serviceaccount "${name}" not found`);
  return account;
}

/** A mirror pod shows what a kubelet runs on its own: it must not open a way to anything. */
function validateMirrorPod(attributes: Attributes): void {
  const pod = attributes.object as Pod;
  if (pod.spec!.serviceAccountName) throw refusal(attributes, 'a mirror pod may not reference service accounts');
  if (secretNames(pod).length > 0) throw refusal(attributes, 'a mirror pod may not reference secrets');
  if (pod.spec!.volumes?.some(({projected}) => projected?.sources?.some(source => source.serviceAccountToken)))
    throw refusal(attributes, 'a mirror pod may not use ServiceAccountToken volume projections');
}

/** Adds the projected volume, and mounts it where a container has nothing at that path yet. */
function mountToken(spec: core.PodSpec, context: AdmissionContext): void {
  const existing = spec.volumes?.find(({name}) => name.startsWith(VOLUME_PREFIX))?.name;
  const name = existing ?? `${VOLUME_PREFIX}${context.randomSuffix()}`;
  let mounted = false;
  const mount = (container: Container): void => {
    if (container.volumeMounts?.some(({mountPath}) => mountPath === MOUNT_PATH)) return;
    container.volumeMounts ??= [];
    container.volumeMounts.push({mountPath: MOUNT_PATH, name, readOnly: true});
    mounted = true;
  };
  spec.initContainers?.forEach(mount);
  spec.containers.forEach(mount);
  if (existing || !mounted) return;
  spec.volumes ??= [];
  spec.volumes.push({name, projected: tokenVolume()});
}

/** The token, the certificate authority to trust, and the pod's own namespace. */
function tokenVolume(): core.ProjectedVolumeSource {
  return {
    defaultMode: 0o644,
    sources: [
      {serviceAccountToken: {expirationSeconds: TOKEN_SECONDS, path: 'token'}},
      {configMap: {items: [{key: 'ca.crt', path: 'ca.crt'}], name: 'kube-root-ca.crt'}},
      {downwardAPI: {items: [{fieldRef: {apiVersion: 'v1', fieldPath: 'metadata.namespace'}, path: 'namespace'}]}},
    ],
  };
}

/** With the annotation, pods of the account may use only the secrets it lists. */
function limitSecrets(attributes: Attributes, account: ServiceAccount): void {
  if (!TRUE.has(account.metadata.annotations?.[ENFORCE_MOUNTABLE] ?? '')) return;
  const {spec} = attributes.object as Pod;
  const accountName = account.metadata.name;
  const mountable = new Set(account.secrets?.map(({name}) => name));
  const suffix = `is not allowed because service account ${accountName} does not reference that`;
  const check = (containers: readonly Container[] | undefined, kind: string): void => {
    for (const {name, env, envFrom} of containers ?? []) {
      const refuse = (what: string, {name: secret = ''}: {name?: string}): never => {
        throw refusal(attributes, `${kind} ${name} with ${what} referencing secret.secretName="${secret}" ${suffix} secret`);
      };
      for (const {name: variable, valueFrom} of env ?? [])
        if (valueFrom?.secretKeyRef && !mountable.has(valueFrom.secretKeyRef.name)) refuse(`envVar ${variable}`, valueFrom.secretKeyRef);
      for (const {secretRef} of envFrom ?? []) if (secretRef && !mountable.has(secretRef.name)) refuse('envFrom', secretRef);
    }
  };
  if (attributes.operation === 'UPDATE') {
    check(spec!.ephemeralContainers as readonly Container[] | undefined, 'ephemeral container');
    return;
  }
  for (const {secret} of spec!.volumes ?? [])
    if (secret && !mountable.has(secret.secretName))
      throw refusal(attributes, `volume with secret.secretName="${secret.secretName}" ${suffix} secret`);
  check(spec!.initContainers, 'init container');
  check(spec!.containers, 'container');
  const pullable = new Set(account.imagePullSecrets?.map(({name}) => name));
  spec!.imagePullSecrets?.forEach(({name}, i) => {
    if (!pullable.has(name)) throw refusal(attributes, `imagePullSecrets[${i}].name="${name}" ${suffix} imagePullSecret`);
  });
}
