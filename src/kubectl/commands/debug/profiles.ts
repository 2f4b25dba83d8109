/** What a debugging container may do, and what a copied pod keeps. upstream: staging/src/k8s.io/kubectl/pkg/cmd/debug/profiles.go */
import type {Container, core, Pod} from '../../../engine/api/types.ts';
import {Failure} from '../../failure.ts';

export type Style = 'ephemeral' | 'copy' | 'node';

/** What `--keep-...` asks to leave in a copy. */
export interface Kept {
  readonly labels: boolean;
  readonly annotations: boolean;
  readonly liveness: boolean;
  readonly readiness: boolean;
  readonly startup: boolean;
  readonly initContainers: boolean;
}

type Security = NonNullable<Container['securityContext']>;

/** The pod and its debugging container are the caller's own copies and are changed in place. */
interface Debugged {
  readonly pod: Pod;
  readonly container: Container;
  readonly style: Style;
  readonly kept: Kept;
}

type Profile = (debugged: Debugged) => void;

const secure = (container: Container, change: Security): void => {
  container.securityContext = {...container.securityContext, ...change};
};

const addCapabilities = (container: Container, ...names: string[]): void =>
  secure(container, {
    capabilities: {...container.securityContext?.capabilities, add: [...(container.securityContext?.capabilities?.add ?? []), ...names]},
  });

const enterHostNamespaces = (spec: core.PodSpec): void => void Object.assign(spec, {hostNetwork: true, hostPID: true, hostIPC: true});

function mountRootPartition(spec: core.PodSpec, container: Container): void {
  spec.volumes = [...(spec.volumes ?? []), {name: 'host-root', hostPath: {path: '/'}}];
  container.volumeMounts = [...(container.volumeMounts ?? []), {mountPath: '/host', name: 'host-root'}];
}

/** A copy that no Service, probe or controller takes for the original. */
function asCopy({pod, kept}: Debugged): void {
  if (!kept.labels) delete pod.metadata.labels;
  if (!kept.annotations) delete pod.metadata.annotations;
  for (const container of pod.spec!.containers) {
    if (!kept.liveness) delete container.livenessProbe;
    if (!kept.readiness) delete container.readinessProbe;
    if (!kept.startup) delete container.startupProbe;
  }
  if (!kept.initContainers) delete pod.spec!.initContainers;
}

const shareProcessNamespace = (spec: core.PodSpec): void => void (spec.shareProcessNamespace ??= true);

const PROFILES: Readonly<Record<string, Profile>> = {
  legacy({pod, container, style}) {
    if (style === 'node') {
      mountRootPartition(pod.spec!, container);
      enterHostNamespaces(pod.spec!);
    }
    if (style === 'copy') delete pod.metadata.labels;
  },
  general(debugged) {
    const {pod, container, style} = debugged;
    if (style === 'node') {
      mountRootPartition(pod.spec!, container);
      delete container.securityContext;
      enterHostNamespaces(pod.spec!);
      return;
    }
    if (style === 'copy') asCopy(debugged);
    addCapabilities(container, 'SYS_PTRACE');
    if (style === 'copy') shareProcessNamespace(pod.spec!);
  },
  baseline(debugged) {
    delete debugged.container.securityContext;
    if (debugged.style !== 'copy') return;
    asCopy(debugged);
    shareProcessNamespace(debugged.pod.spec!);
  },
  restricted(debugged) {
    const {pod, container, style} = debugged;
    container.securityContext = {
      runAsNonRoot: true,
      capabilities: {drop: ['ALL']},
      allowPrivilegeEscalation: false,
      seccompProfile: {type: 'RuntimeDefault'},
    };
    if (style !== 'copy') return;
    asCopy(debugged);
    shareProcessNamespace(pod.spec!);
  },
  netadmin(debugged) {
    const {pod, container, style} = debugged;
    addCapabilities(container, 'NET_ADMIN', 'NET_RAW');
    if (style === 'node') enterHostNamespaces(pod.spec!);
    if (style !== 'copy') return;
    asCopy(debugged);
    shareProcessNamespace(pod.spec!);
  },
  sysadmin(debugged) {
    const {pod, container, style} = debugged;
    secure(container, {privileged: true});
    if (style === 'node') {
      enterHostNamespaces(pod.spec!);
      mountRootPartition(pod.spec!, container);
    }
    if (style !== 'copy') return;
    asCopy(debugged);
    shareProcessNamespace(pod.spec!);
  },
};

/** The profile of a name. Throws Failure where there is none. */
export function profileOf(name: string): Profile {
  const profile = PROFILES[name];
  if (!profile) throw new Failure(`unknown profile: ${name}`);
  return profile;
}
