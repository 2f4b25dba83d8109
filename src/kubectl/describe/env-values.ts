/** Values of variables that come from fields and resources. upstream: kubectl/pkg/util/fieldpath, kubectl/pkg/util/resource */
import {quantityMilli, quantityValue} from '../../engine/api/quantity.ts';
import type {core} from '../../engine/api/types.ts';

/** A pod's field as a downward-API variable shows it in describe: kubectl can convert the labels of two fields, and says '' of the others. */
export function fieldPathValue(pod: core.Pod, apiVersion: string, fieldPath: string): string {
  if (apiVersion !== 'v1') return '';
  if (fieldPath === 'metadata.name') return pod.metadata?.name ?? '';
  return fieldPath === 'metadata.namespace' ? (pod.metadata?.namespace ?? '') : '';
}

const KNOWN_RESOURCE = /^(limits|requests)\.(cpu|memory|ephemeral-storage|hugepages-.*)$/;

/** `limits.cpu` of a container in whole divisors; '' where kubectl would fail. */
export function extractResourceValue(selector: core.ResourceFieldSelector, container: core.Container): string {
  const [, list, name] = KNOWN_RESOURCE.exec(selector.resource) ?? [];
  if (!list || !name) return '';
  const read = name === 'cpu' ? quantityMilli : quantityValue;
  const divisor = selector.divisor && quantityMilli(selector.divisor) !== 0 ? selector.divisor : '1';
  return String(Math.ceil(read(container.resources?.[list as 'limits' | 'requests']?.[name] ?? '0') / read(divisor)));
}
