/** The pods that `kubectl debug` makes: one with a container more, a copy, one of a node's own. upstream: staging/src/k8s.io/kubectl/pkg/cmd/debug/debug.go */

import {cloneJson} from '../../../engine/api/clone.ts';
import {initAndRegularContainers} from '../../../engine/api/pods.ts';
import type {Container, Pod} from '../../../engine/api/types.ts';
import {Failure} from '../../failure.ts';
import {containerNames} from '../../workload-pods.ts';
import {type Kept, profileOf, type Style} from './profiles.ts';

/** What was asked for on the command line. */
export interface DebugOptions {
  readonly container: string;
  readonly image: string;
  readonly pullPolicy: string;
  readonly args: readonly string[];
  readonly argsOnly: boolean;
  readonly env: readonly {name: string; value: string}[];
  readonly stdin: boolean;
  readonly tty: boolean;
  readonly target: string;
  readonly profile: string;
  /** Part of a container's spec that goes over what the profile says. */
  readonly custom: Partial<Container> | undefined;
  readonly kept: Kept;
  readonly copyTo: string;
  readonly sameNode: boolean;
  /** Undefined: not said. */
  readonly shareProcesses: boolean | undefined;
  /** Container, or `*`, to image. */
  readonly setImages: Readonly<Record<string, string>>;
}

/** A pod with the container to attach to; '' where there is no new one. */
export interface Debugging {
  readonly pod: Pod;
  readonly container: string;
}

const words = ({args, argsOnly}: DebugOptions): Partial<Container> =>
  args.length === 0 ? {} : argsOnly ? {args: [...args]} : {command: [...args]};

const newContainer = (options: DebugOptions, name: string): Container => ({
  name,
  ...words(options),
  ...(options.env.length > 0 && {env: [...options.env]}),
  image: options.image,
  ...(options.pullPolicy && {imagePullPolicy: options.pullPolicy as 'Always'}),
  resources: {},
  ...(options.stdin && {stdin: true}),
  terminationMessagePolicy: 'File',
  ...(options.tty && {tty: true}),
});

/** The profile, and what was asked for over it. Throws Failure. */
function apply({profile, kept, custom}: DebugOptions, pod: Pod, container: Container, style: Style): void {
  profileOf(profile)({pod, container, style, kept});
  Object.assign(container, custom);
}

/** The pod with one ephemeral container more. Throws Failure. */
export function withEphemeralContainer(pod: Pod, options: DebugOptions, name: string): Debugging {
  const copy = cloneJson(pod);
  const container = newContainer(options, name);
  apply(options, copy, container, 'ephemeral');
  copy.spec!.ephemeralContainers = [
    ...(copy.spec!.ephemeralContainers ?? []),
    {...container, ...(options.target && {targetContainerName: options.target})},
  ];
  return {pod: copy, container: name};
}

/** A pod of its own, made after another; `newName` names a container that has to be added. Throws Failure. */
export function copyOf(original: Pod, options: DebugOptions, newName: () => string): Debugging {
  const {metadata, spec} = cloneJson(original);
  const {name: _, namespace, labels, annotations} = metadata;
  const pod: Pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {name: options.copyTo, namespace: namespace!, ...(labels && {labels}), ...(annotations && {annotations})} as Pod['metadata'],
    spec: spec!,
    status: {},
  };
  delete pod.spec!.ephemeralContainers;
  if (options.shareProcesses !== undefined) pod.spec!.shareProcessNamespace = options.shareProcesses;
  if (!options.sameNode) delete pod.spec!.nodeName;
  for (const container of pod.spec!.containers) {
    const image = options.setImages[container.name] ?? options.setImages['*'];
    if (image) container.image = image;
  }
  const known = initAndRegularContainers(pod.spec).find(c => c.name === options.container);
  if (!known && !options.image) {
    if (Object.keys(options.setImages).length > 0) return {pod, container: ''};
    throw new Failure('you must specify image when creating new container');
  }
  const container = known ?? newContainer(options, options.container || newName());
  if (!known) pod.spec!.containers = [...pod.spec!.containers, container];
  if (known) {
    Object.assign(known, words(options));
    if (options.args.length > 0 && !options.argsOnly) delete known.args;
    if (options.env.length > 0) known.env = [...options.env];
    if (options.image) known.image = options.image;
    if (options.pullPolicy) known.imagePullPolicy = options.pullPolicy as 'Always';
    Object.assign(known, {stdin: options.stdin, tty: options.tty});
  }
  apply(options, pod, container, 'copy');
  return {pod, container: container.name};
}

/** A pod that runs in the namespaces of a node. Throws Failure. */
export function nodePod(node: string, options: DebugOptions, name: string): Debugging {
  const container = newContainer(options, options.container || 'debugger');
  const pod: Pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {name, labels: {'app.kubernetes.io/managed-by': 'kubectl-debug'}} as unknown as Pod['metadata'],
    spec: {containers: [container], nodeName: node, restartPolicy: 'Never', tolerations: [{operator: 'Exists'}]},
    status: {},
  };
  apply(options, pod, container, 'node');
  return {pod, container: container.name};
}

/** Whether the capabilities of the container may be of no use, since its pod runs as somebody else than root. */
export function losesCapabilities({pod, container}: Debugging): boolean {
  const all = [...pod.spec!.containers, ...((pod.spec!.ephemeralContainers ?? []) as Container[])];
  const security = all.find(c => c.name === container)?.securityContext;
  return Boolean(
    pod.spec!.securityContext?.runAsUser &&
      security &&
      security.runAsUser !== 0 &&
      (security.privileged || security.capabilities?.add?.length),
  );
}

/** A name that no container of the pod has. */
export function freeName(pod: Pod, suffix: () => string): string {
  const taken = containerNames(pod);
  for (;;) {
    const name = `debugger-${suffix()}`;
    if (!taken.includes(name)) return name;
  }
}
