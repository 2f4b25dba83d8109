/** upstream: kubectl/pkg/describe describeHorizontalPodAutoscalerV2 */

import type {autoscaling} from '../../engine/api/types.ts';
import {eventsAbout} from '../reader.ts';
import {rfc1123} from '../text/go-time.ts';
import type {Describer} from './describer.ts';
import {type Page, writeAnnotations, writeEvents, writeLabels} from './page.ts';

const UNKNOWN = '<unknown>';

interface Amount {
  averageValue?: string | undefined;
  value?: string | undefined;
  averageUtilization?: number | undefined;
}

/** Go's text of a quantity that may not be set. */
const amount = (value: string | undefined): string => value ?? '<nil>';

/** What the status says, once it has something to say. */
const measured = (current: Amount | undefined, key: 'value' | 'averageValue'): string => (current ? amount(current[key]) : UNKNOWN);

function resourceText(label: string, target: Amount, current: Amount | undefined): string {
  if (target.averageValue !== undefined) return `  ${label}:\t${measured(current, 'averageValue')} / ${target.averageValue}\n`;
  const now = current?.averageUtilization === undefined ? UNKNOWN : `${current.averageUtilization}% (${amount(current.averageValue)})`;
  const wanted = target.averageUtilization === undefined ? '<auto>' : `${target.averageUtilization}%`;
  return `  ${label}  (as a percentage of request):\t${now} / ${wanted}\n`;
}

const METRICS: Readonly<Record<string, (spec: autoscaling.MetricSpec, status: autoscaling.MetricStatus | undefined) => string>> = {
  External: ({external}, status) => {
    const {metric, target} = external!;
    const current = status?.external?.current;
    return target.averageValue !== undefined
      ? `  "${metric.name}" (target average value):\t${current?.averageValue ?? UNKNOWN} / ${target.averageValue}\n`
      : `  "${metric.name}" (target value):\t${measured(current, 'value')} / ${amount(target.value)}\n`;
  },
  Pods: ({pods}, status) =>
    `  "${pods!.metric.name}" on pods:\t${measured(status?.pods?.current, 'averageValue')} / ${amount(pods!.target.averageValue)}\n`,
  Object: ({object}, status) => {
    const {metric, describedObject, target} = object!;
    const head = `  "${metric.name}" on ${describedObject.kind}/${describedObject.name} `;
    const current = status?.object?.current;
    return target.type === 'AverageValue'
      ? `${head}(target average value):\t${measured(current, 'averageValue')} / ${amount(target.averageValue)}\n`
      : `${head}(target value):\t${measured(current, 'value')} / ${amount(target.value)}\n`;
  },
  Resource: ({resource}, status) => resourceText(`resource ${resource!.name} on pods`, resource!.target, status?.resource?.current),
  ContainerResource: ({containerResource}, status) => {
    const {name, container, target} = containerResource!;
    return resourceText(`resource ${name} of container "${container}" on pods`, target, status?.containerResource?.current);
  },
};

function writeBehavior(page: Page, direction: string, rules: autoscaling.HPAScalingRules | undefined): void {
  if (!rules) return;
  page.write(1, `${direction}:\n`);
  if (rules.stabilizationWindowSeconds !== undefined) page.write(2, `Stabilization Window: ${rules.stabilizationWindowSeconds} seconds\n`);
  if (!rules.policies?.length) return;
  page.write(2, `Select Policy: ${rules.selectPolicy ?? 'Max'}\n`);
  page.write(2, 'Policies:\n');
  for (const policy of rules.policies)
    page.write(3, `- Type: ${policy.type}\tValue: ${policy.value}\tPeriod: ${policy.periodSeconds} seconds\n`);
}

interface V1Spec {
  targetCPUUtilizationPercentage?: number;
}
interface V1Status {
  currentCPUUtilizationPercentage?: number;
}

export const describeHorizontalPodAutoscaler: Describer<autoscaling.HorizontalPodAutoscaler> = function* (hpa, page, {reader, showEvents}) {
  const {metadata, spec, status} = hpa;
  const first = (hpa as {apiVersion?: string}).apiVersion === 'autoscaling/v1';
  const target = spec?.scaleTargetRef;
  page.write(0, `Name:\t${metadata?.name ?? ''}\n`);
  page.write(0, `Namespace:\t${metadata?.namespace ?? ''}\n`);
  writeLabels(page, 'Labels', metadata?.labels);
  writeAnnotations(page, 'Annotations', metadata?.annotations);
  page.write(0, `CreationTimestamp:\t${rfc1123(metadata?.creationTimestamp)}\n`);
  page.write(0, `Reference:\t${target?.kind ?? ''}/${target?.name ?? ''}\n`);
  const percentage = (spec as V1Spec | undefined)?.targetCPUUtilizationPercentage;
  if (first && percentage !== undefined) {
    page.write(0, `Target CPU utilization:\t${percentage}%\n`);
    page.write(0, `Current CPU utilization:\t${(status as V1Status | undefined)?.currentCPUUtilizationPercentage ?? UNKNOWN}%\n`);
  }
  if (!first) {
    page.write(0, 'Metrics:\t( current / target )\n');
    for (const [i, metric] of (spec?.metrics ?? []).entries())
      page.write(0, METRICS[metric.type]?.(metric, status?.currentMetrics?.[i]) ?? `  <unknown metric type "${metric.type}">\n`);
  }
  page.write(0, `Min replicas:\t${spec?.minReplicas ?? '<unset>'}\n`);
  page.write(0, `Max replicas:\t${spec?.maxReplicas ?? 0}\n`);
  if (spec?.behavior) {
    page.write(0, 'Behavior:\n');
    writeBehavior(page, 'Scale Up', spec.behavior.scaleUp);
    writeBehavior(page, 'Scale Down', spec.behavior.scaleDown);
  }
  page.write(0, `${target?.kind ?? ''} pods:\t${status?.currentReplicas ?? 0} current / ${status?.desiredReplicas ?? 0} desired\n`);
  if (!first && status?.conditions?.length) {
    page.write(0, 'Conditions:\n');
    page.write(1, 'Type\tStatus\tReason\tMessage\n');
    page.write(1, '----\t------\t------\t-------\n');
    for (const c of status.conditions) page.write(1, `${c.type}\t${c.status}\t${c.reason ?? ''}\t${c.message ?? ''}\n`);
  }
  if (showEvents) writeEvents(page, yield* eventsAbout(reader, {...metadata, kind: 'HorizontalPodAutoscaler'}));
};
