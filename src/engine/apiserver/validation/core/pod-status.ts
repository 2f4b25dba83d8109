/** The status of a pod, as kubelets and the scheduler report it. upstream: pkg/apis/core/validation/validation.go ValidatePodStatusUpdate */

import {duplicate, forbiddenField, invalidValue, notSupported} from '../../../api/field-errors.ts';
import {isQualifiedName, nameIsDNSSubdomain} from '../../../api/names.ts';
import {isRestartableInitContainer} from '../../../api/pods.ts';
import {addInvalid, type Errors, type Fields, has} from '../fields.ts';
import {isDualStackIPs, validateIP} from '../ip.ts';
import {validateCoreObjectMetaUpdate, validateImmutable} from '../meta.ts';
import {validatePodAnnotationsUpdate} from './pod-annotations.ts';
import {validateId} from './security-context.ts';

const SYSTEM_CONDITIONS = ['PodScheduled', 'Ready', 'Initialized'];
const NO_WAY_BACK = 'may not be transitioned to non-terminated state';
const ONE_PER_FAMILY = 'may specify no more than one IP for each IP family';

/** A container that has ended for good stays ended. */
function validateStateTransitions(
  errors: Errors,
  statuses: readonly Fields[] | undefined,
  old: readonly Fields[] | undefined,
  path: string,
  restartPolicy: string,
  mayRestart: (name: string) => boolean,
): void {
  if (restartPolicy === 'Always') return;
  old?.forEach((before, i) => {
    const ended = before['state']?.terminated;
    if (!ended || (ended.exitCode !== 0 && restartPolicy === 'OnFailure') || mayRestart(before['name'])) return;
    for (const now of statuses ?? [])
      if (now['name'] === before['name'] && !now['state']?.terminated) errors.push(forbiddenField(`${path}[${i}].state`, NO_WAY_BACK));
  });
}

function validateIPs(errors: Errors, ips: readonly Fields[] | undefined, path: string): void {
  ips?.forEach((entry, i) => {
    validateIP(errors, entry['ip'], `${path}[${i}]`);
  });
  if (!ips || ips.length < 2) return;
  const texts = ips.map(entry => entry['ip'] as string);
  if (!isDualStackIPs(texts) || texts.length > 2)
    errors.push(
      invalidValue(
        path,
        ips.map(entry => ({IP: entry['ip']})),
        ONE_PER_FAMILY,
      ),
    );
  texts.forEach((text, i) => {
    if (texts.indexOf(text) < i) errors.push(duplicate(`${path}[${i}]`, {IP: text}));
  });
}

function validateUsers(errors: Errors, statuses: readonly Fields[] | undefined, path: string, os: string): void {
  statuses?.forEach((status, i) => {
    const linux: Fields | undefined = status['user']?.linux;
    if (!linux) return;
    const at = `${path}[${i}].linux`;
    if (os === 'windows') errors.push(forbiddenField(at, 'cannot be set for a windows pod'));
    if (os !== 'linux') return;
    validateId(errors, linux['uid'], `${at}.uid`);
    validateId(errors, linux['gid'], `${at}.gid`);
    linux['supplementalGroups']?.forEach((id: number, j: number) => {
      validateId(errors, id, `${at}.supplementalGroups[${j}]`);
    });
  });
}

const HEALTH = ['Healthy', 'Unhealthy', 'Unknown'];

function validateAllocated(
  errors: Errors,
  statuses: readonly Fields[] | undefined,
  path: string,
  containers: readonly Fields[] | undefined,
): void {
  statuses?.forEach((status, i) => {
    status['allocatedResourcesStatus']?.forEach((allocated: Fields, j: number) => {
      const at = `${path}[${i}].allocatedResourcesStatus[${j}]`;
      const container = containers?.find(c => c['name'] === status['name']);
      const name: string = allocated['name'];
      if (container) {
        const claims: readonly Fields[] = container['resources']?.claims ?? [];
        const isClaim = name.startsWith('claim:');
        const known = isClaim
          ? claims.some(c => name === `claim:${c['name']}${c['request'] ? `/${c['request']}` : ''}`)
          : container['resources']?.requests?.[name] !== undefined;
        if (!known)
          errors.push(
            invalidValue(
              `${at}.name`,
              name,
              isClaim
                ? "must match one of the container's resource claims in a format 'claim:<claimName>/<request>' or 'claim:<claimName>' if request is empty"
                : "must match one of the container's resource requests",
            ),
          );
      }
      const ids = new Set<string>();
      allocated['resources']?.forEach((resource: Fields, k: number) => {
        if (!HEALTH.includes(resource['health']))
          errors.push(notSupported(`${at}.resources[${k}].health`, resource['health'] ?? '', HEALTH));
        if (ids.has(resource['resourceID'])) errors.push(duplicate(`${at}.resources[${k}].resourceID`, resource['resourceID']));
        ids.add(resource['resourceID']);
      });
    });
  });
}

function validateClaimStatuses(errors: Errors, statuses: readonly Fields[] | undefined, claims: readonly Fields[]): void {
  const seen = new Set<string>();
  statuses?.forEach((status, i) => {
    const at = `status.resourceClaimStatuses[${i}].name`;
    const {name, resourceClaimName} = status;
    if (!claims.some(c => c['name'] === name))
      errors.push(invalidValue(at, name, 'must match the name of an entry in `spec.resourceClaims`'));
    if (seen.has(name)) errors.push(duplicate(at, name));
    seen.add(name);
    if (resourceClaimName !== undefined) addInvalid(errors, at, resourceClaimName, nameIsDNSSubdomain(resourceClaimName, false));
  });
}

const NEVER = (): boolean => false;

export function validatePodStatusUpdate(errors: Errors, pod: Fields, old: Fields): void {
  const [status, before]: [Fields, Fields] = [pod['status'], old['status'] ?? {}];
  const [spec, oldSpec]: [Fields, Fields] = [pod['spec'], old['spec']];
  validateCoreObjectMetaUpdate(errors, pod['metadata'], old['metadata']);
  validatePodAnnotationsUpdate(errors, pod, old, 'metadata.annotations');
  status['conditions']?.forEach((condition: Fields, i: number) => {
    const {type} = condition;
    if (!SYSTEM_CONDITIONS.includes(type)) addInvalid(errors, `metadata.conditions[${i}].Type`, type, isQualifiedName(type));
  });
  if ((spec['nodeName'] ?? '') !== (oldSpec['nodeName'] ?? ''))
    errors.push(forbiddenField('status.nodeName', 'may not be changed directly'));
  const nominated = status['nominatedNodeName'];
  if (nominated && nominated !== before['nominatedNodeName'])
    addInvalid(errors, 'status.nominatedNodeName', nominated, nameIsDNSSubdomain(nominated, false));
  validateImmutable(errors, status['qosClass'] ?? '', before['qosClass'] ?? '', 'status.qosClass');
  const policy: string = oldSpec['restartPolicy'];
  const sidecars = new Set((oldSpec['initContainers'] ?? []).filter(isRestartableInitContainer).map((c: Fields) => c['name']));
  const ruled = new Set(
    (oldSpec['containers'] ?? []).filter((c: Fields) => c['restartPolicy'] || has(c['restartPolicyRules'])).map((c: Fields) => c['name']),
  );
  validateStateTransitions(errors, status['containerStatuses'], before['containerStatuses'], 'status.containerStatuses', policy, name =>
    ruled.has(name),
  );
  validateStateTransitions(
    errors,
    status['initContainerStatuses'],
    before['initContainerStatuses'],
    'status.initContainerStatuses',
    policy,
    name => sidecars.has(name),
  );
  validateStateTransitions(
    errors,
    status['ephemeralContainerStatuses'],
    before['ephemeralContainerStatuses'],
    'status.ephemeralContainerStatuses',
    'Never',
    NEVER,
  );
  validateClaimStatuses(errors, status['resourceClaimStatuses'], spec['resourceClaims'] ?? []);
  validateIPs(errors, status['podIPs'], 'status.podIPs');
  if (has(status['hostIPs'])) {
    if (status['hostIP'] !== status['hostIPs'][0].ip)
      errors.push(invalidValue('status.hostIPs[0].ip', status['hostIPs'][0].ip, 'must be equal to `hostIP`'));
    validateIPs(errors, status['hostIPs'], 'status.hostIPs');
  }
  const os: string = spec['os']?.name ?? 'linux';
  for (const list of ['containerStatuses', 'initContainerStatuses', 'ephemeralContainerStatuses'])
    validateUsers(errors, status[list], `status.${list}`, os);
  validateAllocated(errors, status['containerStatuses'], 'status.containerStatuses', spec['containers']);
  validateAllocated(errors, status['initContainerStatuses'], 'status.initContainerStatuses', spec['initContainers']);
  status['ephemeralContainerStatuses']?.forEach((s: Fields, i: number) => {
    if (has(s['allocatedResourcesStatus']))
      errors.push(
        forbiddenField(`status.ephemeralContainerStatuses[${i}].allocatedResourcesStatus`, 'must not be specified in container status'),
      );
  });
}
