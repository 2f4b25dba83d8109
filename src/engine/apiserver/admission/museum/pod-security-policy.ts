/**
 * What guarded pods before Pod Security: policies as objects, used by those who were allowed to `use` them. From 1.3, deprecated in 1.21, gone in 1.25.
 * upstream: plugin/pkg/admission/security/podsecuritypolicy/admission.go (v1.9)
 */

import {invalidValue, printFieldError} from '../../../api/field-errors.ts';
import {byName} from '../../../api/order.ts';
import type {Container, core, Pod} from '../../../api/types.ts';
import {isPod} from '../matching.ts';
import {refusal} from '../refusal.ts';
import type {AdmissionContext, AdmissionPlugin} from '../types.ts';

export interface PodSecurityPolicy {
  readonly name: string;
  readonly privileged?: boolean;
  readonly allowPrivilegeEscalation?: boolean;
  readonly hostNetwork?: boolean;
  readonly hostPID?: boolean;
  readonly hostIPC?: boolean;
  readonly hostPorts?: readonly {readonly min: number; readonly max: number}[];
  /** Types of volumes, `*` for all. */
  readonly volumes?: readonly string[];
  /** `*` for all. */
  readonly allowedCapabilities?: readonly string[];
  readonly runAsUser?: 'RunAsAny' | 'MustRunAsNonRoot';
  readonly readOnlyRootFilesystem?: boolean;
}

const ANNOTATION = 'kubernetes.io/psp';

/** The first policy by name that the user may use and the pod satisfies; it is noted on the pod. */
export function podSecurityPolicy(policies: readonly PodSecurityPolicy[] = []): AdmissionPlugin {
  return {
    name: 'PodSecurityPolicy',
    handles: attributes => isPod(attributes, 'CREATE'),
    admit(attributes, context) {
      const pod = attributes.object as Pod;
      const usable = [...policies].sort(byName).filter(policy => mayUse(policy, attributes.namespace, context));
      const errors: string[] = [];
      for (const policy of usable) {
        const found = violations(policy, pod.spec!);
        if (found.length === 0) {
          (pod.metadata.annotations ??= {})[ANNOTATION] = policy.name;
          return;
        }
        errors.push(...found);
      }
      throw refusal(attributes, `unable to validate against any pod security policy: [${errors.join(' ')}]`);
    },
  };
}

const mayUse = ({name}: PodSecurityPolicy, namespace: string, context: AdmissionContext): boolean =>
  context.authorize({verb: 'use', apiGroup: 'policy', resource: 'podsecuritypolicies', namespace, name}).decision === 'Allow';

function violations(policy: PodSecurityPolicy, spec: core.PodSpec): string[] {
  const errors: string[] = [];
  const error = (field: string, value: unknown, detail: string): void => {
    errors.push(printFieldError(invalidValue(field, value, detail)));
  };
  const host = [
    ['hostNetwork', 'Host network is not allowed to be used'],
    ['hostPID', 'Host PID is not allowed to be used'],
    ['hostIPC', 'Host IPC is not allowed to be used'],
  ] as const;
  for (const [field, detail] of host) if (spec[field] && !policy[field]) error(`spec.securityContext.${field}`, true, detail);
  (spec.volumes ?? []).forEach((volume, i) => {
    const type = Object.keys(volume).find(key => key !== 'name') ?? 'emptyDir';
    const allowed = policy.volumes ?? [];
    if (!allowed.includes('*') && !allowed.includes(type)) error(`spec.volumes[${i}]`, type, `${type} volumes are not allowed to be used`);
  });
  for (const list of ['initContainers', 'containers'] as const)
    (spec[list] ?? []).forEach((container, i) => {
      checkContainer(policy, spec, container, `spec.${list}[${i}]`, error);
    });
  return errors;
}

function checkContainer(
  policy: PodSecurityPolicy,
  spec: core.PodSpec,
  {securityContext = {}, ports = []}: Container,
  path: string,
  error: (field: string, value: unknown, detail: string) => void,
): void {
  const at = `${path}.securityContext`;
  if (securityContext.privileged && !policy.privileged) error(`${at}.privileged`, true, 'Privileged containers are not allowed');
  if (securityContext.allowPrivilegeEscalation !== false && policy.allowPrivilegeEscalation === false)
    error(`${at}.allowPrivilegeEscalation`, true, 'Allowing privilege escalation for containers is not allowed');
  const allowed = policy.allowedCapabilities ?? [];
  for (const capability of securityContext.capabilities?.add ?? [])
    if (!allowed.includes('*') && !allowed.includes(capability)) error(`${at}.capabilities.add`, capability, 'capability may not be added');
  const user = securityContext.runAsUser ?? spec.securityContext?.runAsUser;
  const nonRoot = securityContext.runAsNonRoot ?? spec.securityContext?.runAsNonRoot;
  if (policy.runAsUser === 'MustRunAsNonRoot' && (user === 0 || (user === undefined && nonRoot === false)))
    error(`${at}.runAsUser`, user ?? null, 'running with the root UID is forbidden');
  if (policy.readOnlyRootFilesystem && !securityContext.readOnlyRootFilesystem)
    error(`${at}.readOnlyRootFilesystem`, securityContext.readOnlyRootFilesystem ?? null, 'ReadOnlyRootFilesystem must be set to true');
  for (const [i, {hostPort}] of ports.entries())
    if (hostPort && !policy.hostPorts?.some(({min, max}) => min <= hostPort && hostPort <= max))
      error(
        `${path}.ports[${i}].hostPort`,
        hostPort,
        `Host port ${hostPort} is not allowed to be used. Allowed ports: [${printRanges(policy.hostPorts ?? [])}]`,
      );
}

const printRanges = (ranges: readonly {min: number; max: number}[]): string =>
  ranges.map(({min, max}) => (min === max ? `${min}` : `${min}-${max}`)).join(',');
