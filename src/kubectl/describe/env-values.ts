/** Values of variables that come from fields and resources. upstream: kubectl/pkg/util/fieldpath, kubectl/pkg/util/resource */
import {quantityMilli, quantityValue} from '../../engine/api/quantity.ts';
import type {core} from '../../engine/api/types.ts';

const mapText = (map: Readonly<Record<string, string>> | undefined): string =>
  Object.keys(map ?? {})
    .sort()
    .map(key => `${key}=${JSON.stringify(map![key])}`)
    .join('\n');

const METADATA: Readonly<Record<string, (pod: core.Pod) => string>> = {
  'metadata.annotations': pod => mapText(pod.metadata?.annotations),
  'metadata.labels': pod => mapText(pod.metadata?.labels),
  'metadata.name': pod => pod.metadata?.name ?? '',
  'metadata.namespace': pod => pod.metadata?.namespace ?? '',
  'metadata.uid': pod => pod.metadata?.uid ?? '',
};

/** A pod's field as a downward-API variable shows it in describe; '' for those that only the kubelet knows. */
export function fieldPathValue(pod: core.Pod, apiVersion: string, fieldPath: string): string {
  if (apiVersion !== 'v1') return '';
  const subscript = /^metadata\.(annotations|labels)\['(.*)'\]$/.exec(fieldPath);
  if (subscript) return pod.metadata?.[subscript[1] as 'annotations' | 'labels']?.[subscript[2]!] ?? '';
  return METADATA[fieldPath]?.(pod) ?? '';
}

/** `limits.cpu` of a container in whole divisors; '' where kubectl would fail. */
export function extractResourceValue(selector: core.ResourceFieldSelector, container: core.Container): string {
  const dot = selector.resource.indexOf('.');
  const list = selector.resource.slice(0, Math.max(dot, 0));
  const name = selector.resource.slice(dot + 1);
  if (list !== 'limits' && list !== 'requests') return '';
  const read = name === 'cpu' ? quantityMilli : quantityValue;
  const divisor = selector.divisor && quantityMilli(selector.divisor) !== 0 ? selector.divisor : '1';
  return String(Math.ceil(read(container.resources?.[list]?.[name] ?? '0') / read(divisor)));
}
