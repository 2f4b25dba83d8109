/** upstream: staging/src/k8s.io/pod-security-admission/policy/registry.go */
import type {core, ObjectMeta} from '../../../api/types.ts';
import {allowPrivilegeEscalation} from './checks/allow-privilege-escalation.ts';
import {appArmorProfile} from './checks/app-armor-profile.ts';
import {capabilitiesBaseline, capabilitiesRestricted} from './checks/capabilities.ts';
import {hostNamespaces} from './checks/host-namespaces.ts';
import {hostPathVolumes} from './checks/host-path-volumes.ts';
import {hostPorts} from './checks/host-ports.ts';
import {hostProbesAndHostLifecycle} from './checks/host-probes-and-host-lifecycle.ts';
import {privileged} from './checks/privileged.ts';
import {procMountBaseline, procMountRestricted} from './checks/proc-mount.ts';
import {restrictedVolumes} from './checks/restricted-volumes.ts';
import {runAsNonRoot} from './checks/run-as-non-root.ts';
import {runAsUser} from './checks/run-as-user.ts';
import {seLinuxOptions} from './checks/se-linux-options.ts';
import {seccompProfileBaseline, seccompProfileRestricted} from './checks/seccomp-profile.ts';
import {sysctls} from './checks/sysctls.ts';
import {windowsHostProcess} from './checks/windows-host-process.ts';
import type {Check, Level, Version, VersionedCheck, Violation} from './types.ts';

/** Baseline first, each level by id: the order in which violations are told. */
const CHECKS = [
  appArmorProfile,
  capabilitiesBaseline,
  hostNamespaces,
  hostPathVolumes,
  hostPorts,
  hostProbesAndHostLifecycle,
  privileged,
  procMountBaseline,
  seLinuxOptions,
  seccompProfileBaseline,
  sysctls,
  windowsHostProcess,
  allowPrivilegeEscalation,
  capabilitiesRestricted,
  procMountRestricted,
  restrictedVolumes,
  runAsNonRoot,
  runAsUser,
  seccompProfileRestricted,
] as const satisfies readonly Check[];

export interface LevelVersion {
  readonly level: Level;
  readonly version: Version;
}

/** e.g. `restricted:latest`, `baseline:v1.34`. */
export const printLevelVersion = ({level, version}: LevelVersion): string =>
  `${level}:${version === Infinity ? 'latest' : `v1.${version}`}`;

/** What a pod does against a level, and by which check. */
export function violations({level, version}: LevelVersion, metadata: ObjectMeta, spec: core.PodSpec): (Violation & {id: string})[] {
  if (level === 'privileged') return [];
  const applicable = CHECKS.filter(check => level === 'restricted' || check.level === 'baseline')
    .map(check => ({id: check.id, versioned: atVersion(check, version)}))
    .filter((row): row is {id: (typeof CHECKS)[number]['id']; versioned: VersionedCheck} => row.versioned !== undefined);
  const overridden = new Set(applicable.flatMap(({versioned}) => versioned.overrides ?? []));
  return applicable.flatMap(({id, versioned}) => {
    const violation = overridden.has(id) ? undefined : versioned.check(metadata, spec);
    return violation ? [{id, ...violation}] : [];
  });
}

const atVersion = ({versions}: Check, version: Version): VersionedCheck | undefined => versions.findLast(({since}) => since <= version);

/** e.g. `host namespaces (hostNetwork=true), privileged (container "a" must not ...)`. */
export const printViolations = (found: readonly Violation[]): string =>
  found.map(({reason, detail}) => (detail ? `${reason} (${detail})` : reason)).join(', ');
