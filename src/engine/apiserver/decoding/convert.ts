/**
 * Kinds that are served in two versions are stored in one, and shown in the one that was asked for.
 * upstream: pkg/apis/autoscaling/v1/conversion.go, pkg/apis/autoscaling/v1/defaults.go
 */
import {apiVersionOf, type Kind} from '../../api/kinds.ts';
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

/** The object in a version of its kind; itself where it is in that version, or where nothing differs. */
export function inVersion<T extends KubeObject>(object: T, kind: Kind, version: string): T {
  if (kind.versions.length < 2) return object;
  const convert = CONVERSIONS[`${object.kind} ${object.apiVersion} ${apiVersionOf({group: kind.group, version})}`];
  return convert ? (convert(object) as T) : object;
}
