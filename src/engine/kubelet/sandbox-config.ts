/** The sandbox a pod asks for. upstream: pkg/kubelet/kuberuntime/kuberuntime_sandbox.go generatePodSandboxConfig */
import type {NamespaceMode, PodSandboxConfig} from '../api/cri.ts';
import type {Pod} from '../api/types.ts';
import {networkSettings} from '../client/network-settings.ts';
import {podCgroupPath} from './cm/cgroups.ts';
import {getPodDns} from './network/dns.ts';
import type {Kubelet} from './types.ts';
import {podLogDirectory} from './volumes/paths.ts';

/** The node's own resolv.conf. */
export const HOST_RESOLV_CONF = 'nameserver 192.168.0.1\n';

const HOSTNAME_MAX = 63;

/** upstream: pkg/kubelet/util/util.go GetNodenameForKernel, kubelet_pods.go GeneratePodHostNameAndDomain */
const podHostname = (pod: Pod, node: string): string =>
  pod.spec?.hostNetwork ? node : (pod.spec?.hostname ?? pod.metadata.name ?? '').slice(0, HOSTNAME_MAX).replace(/[-.]+$/, '');

/** What RunPodSandbox is called with. Warnings about the pod's DNS become events. */
export function sandboxConfig({ctx, node, host}: Kubelet, pod: Pod, attempt: number): PodSandboxConfig {
  const {name, namespace, uid, labels} = pod.metadata;
  const spec = pod.spec!;
  const {clusterDNS, clusterDomain} = networkSettings(ctx.tx);
  const {servers, searches, options, warnings} = getPodDns(
    {clusterDNS: [clusterDNS], clusterDomain, hostResolvConf: HOST_RESOLV_CONF, nodeIPs: [host.address]},
    {...pod, spec: {...spec, dnsPolicy: spec.dnsPolicy ?? 'ClusterFirst'}},
  );
  for (const {about, reason, message} of warnings) if (about === 'pod') ctx.events.event(pod, 'Warning', reason, message);
  const mode = (host: boolean | undefined): NamespaceMode => (host ? 'NODE' : 'POD');
  const sysctls = spec.securityContext?.sysctls;
  return {
    metadata: {name: name!, namespace: namespace!, uid: uid!, attempt},
    hostname: podHostname(pod, node),
    logDirectory: podLogDirectory(pod),
    dns: {servers, searches, options},
    portMappings: spec.containers.flatMap(c =>
      (c.ports ?? []).flatMap(p =>
        p.hostPort
          ? [{protocol: p.protocol ?? 'TCP', containerPort: p.containerPort, hostPort: p.hostPort, ...(p.hostIP && {hostIp: p.hostIP})}]
          : [],
      ),
    ),
    ...(labels && {labels}),
    linux: {
      cgroupParent: podCgroupPath(pod),
      // runc wants dots where the API also takes slashes.
      ...(sysctls && {sysctls: Object.fromEntries(sysctls.map(s => [s.name.replaceAll('/', '.'), s.value]))}),
      namespaces: {
        network: mode(spec.hostNetwork),
        ipc: mode(spec.hostIPC),
        pid: spec.hostPID ? 'NODE' : spec.shareProcessNamespace ? 'POD' : 'CONTAINER',
      },
    },
  };
}

/** The file /etc/hosts of a pod. upstream: pkg/kubelet/kubelet_pods.go managedHostsFileContent */
export function hostsFile(pod: Pod, ips: readonly string[]): string {
  const hostname = pod.spec?.hostname ?? pod.metadata.name ?? '';
  const aliases = (pod.spec?.hostAliases ?? []).map(({ip, hostnames}) => `${ip}\t${(hostnames ?? []).join('\t')}\n`).join('');
  return [
    '# Kubernetes-managed hosts file.\n',
    '127.0.0.1\tlocalhost\n',
    '::1\tlocalhost ip6-localhost ip6-loopback\n',
    'fe00::0\tip6-localnet\n',
    'fe00::0\tip6-mcastprefix\n',
    'fe00::1\tip6-allnodes\n',
    'fe00::2\tip6-allrouters\n',
    ...ips.map(ip => `${ip}\t${hostname}\n`),
    ...(aliases ? [`\n# Entries added by HostAliases.\n${aliases}`] : []),
  ].join('');
}
