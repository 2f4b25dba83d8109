/** Pods for Windows nodes. upstream: pkg/apis/core/validation/validation.go validateWindows, validateWindowsHostProcessPod */
import {forbiddenField, invalidValue} from '../../../api/field-errors.ts';
import {type Errors, type Fields, has} from '../fields.ts';
import {containersWithPath} from './pod-annotations.ts';

/** In the server's order: which holder, which field. */
const POD_FIELDS: readonly [holder: 'securityContext' | 'spec', field: string][] = [
  ['securityContext', 'appArmorProfile'],
  ['securityContext', 'seLinuxOptions'],
  ['spec', 'hostUsers'],
  ['spec', 'hostPID'],
  ['spec', 'hostIPC'],
  ['securityContext', 'seccompProfile'],
  ['securityContext', 'fsGroup'],
  ['securityContext', 'fsGroupChangePolicy'],
  ['securityContext', 'sysctls'],
  ['spec', 'shareProcessNamespace'],
  ['securityContext', 'runAsUser'],
  ['securityContext', 'runAsGroup'],
  ['securityContext', 'supplementalGroups'],
  ['securityContext', 'supplementalGroupsPolicy'],
  ['securityContext', 'seLinuxChangePolicy'],
];
const CONTAINER_FIELDS = [
  'appArmorProfile',
  'seLinuxOptions',
  'seccompProfile',
  'capabilities',
  'readOnlyRootFilesystem',
  'privileged',
  'allowPrivilegeEscalation',
  'procMount',
  'runAsUser',
  'runAsGroup',
];
const NOT_FOR_WINDOWS = 'cannot be set for a windows pod';

/** Fields for which false says as little as nothing. */
const PLAIN_BOOLEANS: readonly string[] = ['hostPID', 'hostIPC'];

const isGiven = (value: unknown): boolean => (Array.isArray(value) ? has(value) : value !== undefined && value !== null);

export function validateWindowsPod(errors: Errors, spec: Fields, path: string): void {
  for (const [holder, field] of POD_FIELDS) {
    const value = holder === 'spec' ? spec[field] : spec['securityContext']?.[field];
    if (PLAIN_BOOLEANS.includes(field) ? value : isGiven(value))
      errors.push(forbiddenField(holder === 'spec' ? `${path}.${field}` : `${path}.securityContext.${field}`, NOT_FOR_WINDOWS));
  }
  for (const [container, at] of containersWithPath(spec, path))
    for (const field of CONTAINER_FIELDS)
      if (isGiven(container['securityContext']?.[field])) errors.push(forbiddenField(`${at}.securityContext.${field}`, NOT_FOR_WINDOWS));
}

/** A HostProcess pod is one throughout, and uses the host's network. */
export function validateWindowsHostProcess(errors: Errors, spec: Fields, path: string): void {
  const podHostProcess: boolean | undefined = spec['securityContext']?.windowsOptions?.hostProcess;
  let total = 0;
  let hostProcesses = 0;
  for (const [container, at] of containersWithPath(spec, path)) {
    total++;
    const own: boolean | undefined = container['securityContext']?.windowsOptions?.hostProcess;
    if (podHostProcess !== undefined && own !== undefined && podHostProcess !== own)
      errors.push(
        invalidValue(
          `${at}.securityContext.windowsOptions.hostProcess`,
          own,
          `pod hostProcess value must be identical if both are specified, was ${podHostProcess}`,
        ),
      );
    if (own ?? podHostProcess) hostProcesses++;
  }
  if (hostProcesses === 0) return;
  if (hostProcesses !== total)
    errors.push(invalidValue(path, '', 'If pod contains any hostProcess containers then all containers must be HostProcess containers'));
  if (!spec['hostNetwork'])
    errors.push(invalidValue(`${path}.hostNetwork`, false, 'hostNetwork must be true if pod contains any hostProcess containers'));
}
