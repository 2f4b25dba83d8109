/** What a pod may say of itself to its containers. upstream: pkg/fieldpath, pkg/api/v1/resource/helpers.go, third_party/forked/golang/expansion */
import {byKey} from '../api/order.ts';
import {type Quantity, quantityValue, tryParseQuantity} from '../api/quantity.ts';
import type {Container, core, Pod} from '../api/types.ts';
import type {Kubelet} from './types.ts';

/** `$(NAME)` of known variables; `$$` is a dollar; unknown references stay as they are. */
export const expandVariables = (text: string, variables: Readonly<Record<string, string>>): string =>
  text.replace(/\$(\$|\(([^)]*)\))/g, (all, inner: string, name: string | undefined) =>
    inner === '$' ? '$' : name !== undefined && name in variables ? variables[name]! : all,
  );

const formatMap = (map: Readonly<Record<string, string>> | undefined): string =>
  Object.entries(map ?? {})
    .sort(byKey)
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
    .join('\n');

/** The value of a field path, '' for what is not set. */
export function fieldValue({node, host}: Kubelet, pod: Pod, path: string, podIps: readonly string[]): string {
  const subscript = /^metadata\.(annotations|labels)\['(.*)'\]$/.exec(path);
  if (subscript) return pod.metadata[subscript[1] as 'annotations' | 'labels']?.[subscript[2]!] ?? '';
  switch (path) {
    case 'metadata.name':
      return pod.metadata.name ?? '';
    case 'metadata.namespace':
      return pod.metadata.namespace ?? '';
    case 'metadata.uid':
      return pod.metadata.uid ?? '';
    case 'metadata.labels':
      return formatMap(pod.metadata.labels);
    case 'metadata.annotations':
      return formatMap(pod.metadata.annotations);
    case 'spec.nodeName':
      return node;
    case 'spec.serviceAccountName':
      return pod.spec?.serviceAccountName ?? '';
    case 'status.hostIP':
    case 'status.hostIPs':
      return host.address;
    case 'status.podIP':
      return podIps[0] ?? '';
    case 'status.podIPs':
      return podIps.join(',');
    default:
      return '';
  }
}

/** A request or limit in units of the divisor, rounded up; a limit that is not set is what the node has. */
export function resourceFieldValue({host}: Kubelet, pod: Pod, container: Container, ref: core.ResourceFieldSelector): string {
  const target = ref.containerName ? (pod.spec?.containers.find(c => c.name === ref.containerName) ?? container) : container;
  const [, which = '', name = ''] = /^(limits|requests)\.(.+)$/.exec(ref.resource) ?? [];
  const own = target.resources?.[which as 'limits' | 'requests']?.[name];
  const value = tryParseQuantity(own ?? (which === 'limits' ? host.capacity[name] : '0'));
  const divisor = tryParseQuantity(ref.divisor && ref.divisor !== '0' ? ref.divisor : '1');
  if (!value || !divisor) return '0';
  return String(name === 'cpu' ? ratio(value.milli, divisor.milli) : ratio(quantityOf(value), quantityOf(divisor)));
}

const quantityOf = (quantity: Quantity): number => quantity.value || quantityValue('1');
const ratio = (value: number, divisor: number): number => Math.ceil(value / divisor);
