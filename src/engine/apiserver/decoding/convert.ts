/**
 * From version to version: kinds that are served in two are stored in one, and shown in the one that was asked for; and what upstream's internal version says
 * once, the versions outside say twice.
 * upstream: pkg/apis/autoscaling/v1/{conversion,defaults}.go, pkg/apis/core/v1/conversion.go
 */
import {apiVersionOf} from '../../api/group-version.ts';
import type {Kind} from '../../api/kinds.ts';
import type {KubeObject} from '../../api/types.ts';
import type {Fields} from '../validation/fields.ts';

const DEFAULT_UTILIZATION = 80;

const isCpu = (metric: Fields): boolean => metric['type'] === 'Resource' && metric['resource']?.name === 'cpu';

/** The old version knows one metric: use of CPU, in percent of what is requested. */
function autoscalerFromV1(object: Fields): Fields {
  const {targetCPUUtilizationPercentage: target = DEFAULT_UTILIZATION, ...spec} = object['spec'] ?? {};
  const {currentCPUUtilizationPercentage: current, ...status} = object['status'] ?? {};
  const metrics = [{type: 'Resource', resource: {name: 'cpu', target: {type: 'Utilization', averageUtilization: target}}}];
  const used = current === undefined ? undefined : [{type: 'Resource', resource: {name: 'cpu', current: {averageUtilization: current}}}];
  return {...object, apiVersion: 'autoscaling/v2', spec: {...spec, metrics}, status: {...status, ...(used && {currentMetrics: used})}};
}

function autoscalerToV1(object: Fields): Fields {
  const {metrics, behavior: _behavior, ...spec} = object['spec'] ?? {};
  const {currentMetrics, conditions: _conditions, ...status} = object['status'] ?? {};
  const target: number | undefined = metrics?.find(isCpu)?.resource.target.averageUtilization;
  const used: number | undefined = currentMetrics?.find(isCpu)?.resource.current.averageUtilization;
  return {
    ...object,
    apiVersion: 'autoscaling/v1',
    spec: {...spec, ...(target !== undefined && {targetCPUUtilizationPercentage: target})},
    status: {currentReplicas: 0, ...status, ...(used !== undefined && {currentCPUUtilizationPercentage: used})},
  };
}

type Convert = (object: Fields) => Fields;

/** From one version of a kind to another. */
const CONVERSIONS: Readonly<Record<string, Convert>> = {
  'HorizontalPodAutoscaler autoscaling/v1 autoscaling/v2': autoscalerFromV1,
  'HorizontalPodAutoscaler autoscaling/v2 autoscaling/v1': autoscalerToV1,
};

/** The object in a version of its kind; itself where it is in that version. Where nothing else differs, as between versions of custom resources, its apiVersion does. */
export function inVersion<T extends KubeObject>(object: T, kind: Kind, version: string): T {
  if (kind.versions.length < 2) return object;
  const apiVersion = apiVersionOf({group: kind.group, version});
  if (object.kind !== kind.kind || object.apiVersion === apiVersion) return object;
  const convert = CONVERSIONS[`${object.kind} ${object.apiVersion} ${apiVersion}`];
  return convert ? (convert(object) as T) : {...object, apiVersion};
}

/** A field of one value beside a list of them is the list's first; where they differ, the single one counts. */
function settlePair(
  part: Fields | undefined,
  single: string,
  list: string,
  wrap: (value: string) => unknown,
  unwrap: (value: any) => string,
): void {
  if (!part) return;
  const [one, many]: [string | undefined, unknown[]] = [part[single], part[list] ?? []];
  if (one && (many.length === 0 || unwrap(many[0]) !== one)) part[list] = [wrap(one)];
  else if (!one && many.length > 0) part[single] = unwrap(many[0]);
}

const itself = (value: string): string => value;

/** By kind of the core group. */
const SETTLED: Readonly<Record<string, (object: Fields) => void>> = {
  Node: ({spec}) => settlePair(spec, 'podCIDR', 'podCIDRs', itself, itself),
  Pod: ({status}) =>
    settlePair(
      status,
      'podIP',
      'podIPs',
      ip => ({ip}),
      ({ip}) => ip,
    ),
};

/** Makes fields agree that say the same thing. */
export function settleFields(object: KubeObject): void {
  if (object.apiVersion === 'v1') SETTLED[object.kind ?? '']?.(object as Fields);
}
