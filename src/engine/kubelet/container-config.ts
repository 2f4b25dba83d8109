/** From a container's spec to what the runtime is asked to make. upstream: pkg/kubelet/kuberuntime generateContainerConfig, kubelet_pods.go makeEnvironmentVariables, makeMounts */

import {fromBase64} from '../api/base64.ts';
import {
  type ContainerConfig,
  type CriImage,
  HASH_ANNOTATION,
  type LinuxContainerResources,
  type Mount,
  RESTART_COUNT_ANNOTATION,
  TERMINATION_PATH_ANNOTATION,
  TERMINATION_POLICY_ANNOTATION,
} from '../api/cri.ts';
import {byKey} from '../api/order.ts';
import {quantityMilli, quantityValue, tryParseQuantity} from '../api/quantity.ts';
import type {ConfigMap, Container, Pod, Secret, Service} from '../api/types.ts';
import {cpusetOf} from './cm/cpu-manager.ts';
import {milliCpuToQuota, milliCpuToShares, QUOTA_PERIOD} from './cm/resource-config.ts';
import {readSource} from './config-source.ts';
import {hashContainer} from './container/container-hash.ts';
import {expandVariables, fieldValue, resourceFieldValue} from './downward-api.ts';
import {containerOomScoreAdjust} from './qos/oom-score.ts';
import {type Kubelet, podFullName} from './types.ts';
import {podDirectory, volumePath} from './volumes/paths.ts';

/** A spec that cannot be carried out: the container waits with CreateContainerConfigError. */
export class ContainerConfigError extends Error {}

export interface ContainerInput {
  pod: Pod;
  container: Container;
  image: CriImage;
  imageRef: string;
  restartCount: number;
  podIps: readonly string[];
  /** The runtime's id of the container that an ephemeral one is to look into. */
  targetId?: string | undefined;
}

/** The whole request. Throws ContainerConfigError. */
export function containerConfig(kubelet: Kubelet, input: ContainerInput): ContainerConfig {
  const {pod, container, image, imageRef, restartCount, targetId} = input;
  const {name} = container;
  const {namespace, uid} = pod.metadata;
  verifyRunAsNonRoot(pod, container, image);
  const envs = environment(kubelet, input);
  const variables = Object.fromEntries(envs.map(({key, value}) => [key, value]));
  const expand = (words: readonly string[] | undefined) => words?.map(word => expandVariables(word, variables));
  const security = container.securityContext;
  const runAsUser = security?.runAsUser ?? pod.spec?.securityContext?.runAsUser;
  return {
    metadata: {name, attempt: restartCount},
    image: {image: imageRef, userSpecifiedImage: container.image ?? ''},
    ...(container.command && {command: expand(container.command)!}),
    ...(container.args && {args: expand(container.args)!}),
    ...(container.workingDir && {workingDir: container.workingDir}),
    envs,
    mounts: mounts(pod, container, variables),
    labels: {
      'io.kubernetes.container.name': name,
      'io.kubernetes.pod.name': pod.metadata.name!,
      'io.kubernetes.pod.namespace': namespace!,
      'io.kubernetes.pod.uid': uid!,
    },
    annotations: {
      [HASH_ANNOTATION]: hashContainer(container),
      [RESTART_COUNT_ANNOTATION]: String(restartCount),
      [TERMINATION_PATH_ANNOTATION]: container.terminationMessagePath ?? '/dev/termination-log',
      [TERMINATION_POLICY_ANNOTATION]: container.terminationMessagePolicy ?? 'File',
    },
    logPath: `${name}/${restartCount}.log`,
    ...(container.stdin && {stdin: true}),
    ...(container.stdinOnce && {stdinOnce: true}),
    ...(container.tty && {tty: true}),
    linux: {
      resources: linuxResources(kubelet, pod, container),
      ...(targetId && {pidTarget: targetId}),
      ...((security || runAsUser !== undefined) && {
        securityContext: {
          ...(security?.privileged && {privileged: true}),
          ...(security?.readOnlyRootFilesystem && {readonlyRootfs: true}),
          ...(runAsUser !== undefined && {runAsUser}),
          ...(security?.allowPrivilegeEscalation === false && {noNewPrivs: true}),
        },
      }),
    },
  };
}

/** What stands in the container's cgroup. */
export function linuxResources(kubelet: Kubelet, pod: Pod, container: Container): LinuxContainerResources {
  const {host} = kubelet;
  const cpusetCpus = cpusetOf(kubelet, pod.metadata.uid!, container.name);
  const {requests = {}, limits = {}} = container.resources ?? {};
  const cpuRequest = requests['cpu'] ?? limits['cpu'];
  const quota = limits['cpu'] ? milliCpuToQuota(quantityMilli(limits['cpu']), QUOTA_PERIOD) : 0;
  return {
    cpuShares: milliCpuToShares(cpuRequest ? quantityMilli(cpuRequest) : 0),
    ...(quota > 0 && {cpuQuota: quota, cpuPeriod: QUOTA_PERIOD}),
    ...(limits['memory'] && {memoryLimitInBytes: quantityValue(limits['memory'])}),
    ...(cpusetCpus !== undefined && {cpusetCpus}),
    oomScoreAdj: containerOomScoreAdjust(pod, container, tryParseQuantity(host.capacity['memory'])?.value ?? 2 ** 33),
  };
}

/** upstream: pkg/kubelet/kuberuntime/security_context_others.go verifyRunAsNonRoot */
function verifyRunAsNonRoot(pod: Pod, container: Container, image: CriImage): void {
  const of = <K extends 'runAsNonRoot' | 'runAsUser'>(key: K) => container.securityContext?.[key] ?? pod.spec?.securityContext?.[key];
  if (!of('runAsNonRoot')) return;
  const runAsUser = of('runAsUser');
  const where = `(pod: "${podFullName(pod.metadata as {name: string; namespace: string; uid: string})}", container: ${container.name})`;
  if (runAsUser !== undefined) {
    if (runAsUser === 0) throw new ContainerConfigError(`container's runAsUser breaks non-root policy ${where}`);
    return;
  }
  if (image.user?.username)
    throw new ContainerConfigError(
      `container has runAsNonRoot and image has non-numeric user (${image.user.username}), cannot verify user is non-root ${where}`,
    );
  if (image.user?.uid === undefined || image.user.uid === 0)
    throw new ContainerConfigError(`container has runAsNonRoot and image will run as root ${where}`);
}

const secretData = (secret: Secret | undefined): Record<string, string> =>
  Object.fromEntries(Object.entries(secret?.data ?? {}).map(([key, value]) => [key, fromBase64(value)]));

function environment(kubelet: Kubelet, {pod, container, podIps}: ContainerInput): {key: string; value: string}[] {
  const namespace = pod.metadata.namespace!;
  const result = new Map<string, string>();
  const services = serviceVariables(kubelet, pod);

  // 1. Whole ConfigMaps and Secrets.
  for (const {configMapRef, secretRef, prefix = ''} of container.envFrom ?? []) {
    const data = configMapRef
      ? (readSource<ConfigMap>(kubelet, 'configmap', namespace, configMapRef, ContainerConfigError)?.data ?? {})
      : secretRef
        ? secretData(readSource<Secret>(kubelet, 'secret', namespace, secretRef, ContainerConfigError))
        : {};
    for (const [key, value] of Object.entries(data).sort(byKey)) result.set(prefix + key, value);
  }

  // 2. Variables, each of which may speak of those before it.
  for (const {name, value, valueFrom} of container.env ?? []) {
    if (value !== undefined || !valueFrom) {
      result.set(name, expandVariables(value ?? '', {...services, ...Object.fromEntries(result)}));
      continue;
    }
    const {fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef} = valueFrom;
    if (fieldRef) result.set(name, fieldValue(kubelet, pod, fieldRef.fieldPath, podIps));
    else if (resourceFieldRef) result.set(name, resourceFieldValue(kubelet, pod, container, resourceFieldRef));
    else {
      const ref = configMapKeyRef ?? secretKeyRef;
      if (!ref) continue;
      const kind = configMapKeyRef ? 'configmap' : 'secret';
      const object = readSource<ConfigMap | Secret>(kubelet, kind, namespace, ref, ContainerConfigError);
      if (!object) continue;
      const data = kind === 'secret' ? secretData(object as Secret) : (object.data ?? {});
      if (data[ref.key] === undefined) {
        if (ref.optional) continue;
        throw new ContainerConfigError(
          `couldn't find key ${ref.key} in ${kind === 'secret' ? 'Secret' : 'ConfigMap'} ${namespace}/${ref.name}`,
        );
      }
      result.set(name, data[ref.key]!);
    }
  }

  // 3. Services, where nothing else has the name.
  for (const [name, value] of Object.entries(services)) if (!result.has(name)) result.set(name, value);
  return [...result].map(([key, value]) => ({key, value}));
}

/** upstream: pkg/kubelet/envvars/envvars.go: the API server's service always, the namespace's own unless enableServiceLinks is false. */
function serviceVariables({ctx}: Kubelet, pod: Pod): Record<string, string> {
  const lister = ctx.lister<Service>('services');
  const master = lister.get('default', 'kubernetes');
  const linked = pod.spec?.enableServiceLinks === false ? [] : lister.list(pod.metadata.namespace!);
  const services = [...(master ? [master] : []), ...linked.filter(s => s.metadata.uid !== master?.metadata.uid)];
  const result: Record<string, string> = {};
  for (const {metadata, spec} of services) {
    const ip = spec?.clusterIP;
    if (!ip || ip === 'None' || !spec.ports?.length) continue;
    const name = metadata.name.toUpperCase().replaceAll('-', '_').replaceAll('.', '_');
    result[`${name}_SERVICE_HOST`] = ip;
    result[`${name}_SERVICE_PORT`] = String(spec.ports[0]!.port);
    for (const {name: port, port: number} of spec.ports)
      if (port) result[`${name}_SERVICE_PORT_${port.toUpperCase().replaceAll('-', '_')}`] = String(number);
    spec.ports.forEach(({protocol = 'TCP', port}, index) => {
      const url = `${protocol.toLowerCase()}://${ip}:${port}`;
      if (index === 0) result[`${name}_PORT`] = url;
      const prefix = `${name}_PORT_${port}_${protocol.toUpperCase()}`;
      result[prefix] = url;
      result[`${prefix}_PROTO`] = protocol.toLowerCase();
      result[`${prefix}_PORT`] = String(port);
      result[`${prefix}_ADDR`] = ip;
    });
  }
  return result;
}

function mounts(pod: Pod, container: Container, variables: Record<string, string>): Mount[] {
  const volumes = new Map((pod.spec?.volumes ?? []).map(v => [v.name, v]));
  const result: Mount[] = [];
  for (const {name, mountPath, readOnly, subPath, subPathExpr} of container.volumeMounts ?? []) {
    const volume = volumes.get(name);
    if (!volume) throw new ContainerConfigError(`cannot find volume "${name}" to mount into container "${container.name}"`);
    const below = subPathExpr ? expandVariables(subPathExpr, variables) : subPath;
    const path = volumePath(pod, volume);
    const written = !volume.configMap && !volume.secret && !volume.projected && !volume.downwardAPI;
    result.push({
      hostPath: below ? `${path}/${below}` : path,
      containerPath: mountPath.replace(/(.)\/+$/, '$1'),
      ...((readOnly || !written) && {readonly: true}),
    });
  }
  if (!result.some(m => m.containerPath === '/etc/hosts'))
    result.push({hostPath: `${podDirectory(pod)}/etc-hosts`, containerPath: '/etc/hosts'});
  return result;
}
