/** upstream: kubectl/pkg/describe describePod, DescribePodTemplate */

import {formatLabelSelector} from '../../engine/api/labels.ts';
import {byText} from '../../engine/api/order.ts';
import {isPodPhaseTerminal} from '../../engine/api/pods.ts';
import {getPodQos} from '../../engine/api/qos.ts';
import type {core, Pod} from '../../engine/api/types.ts';
import {MIRROR_POD_ANNOTATION} from '../../engine/api/well-known.ts';
import {eventsAbout} from '../reader.ts';
import {rfc1123} from '../text/go-time.ts';
import {writeContainers, writeResources, writeSeccomp} from './containers.ts';
import type {Describer} from './describer.ts';
import {controllerText, type Page, terminating, writeAnnotations, writeEvents, writeLabels, writeTolerations} from './page.ts';
import {writeVolumes} from './volumes.ts';

type PodSpec = core.PodSpec & {resources?: core.ResourceRequirements; schedulingGroup?: {podGroupName?: string}};

function writeSpread(page: Page, constraints: readonly core.TopologySpreadConstraint[] | undefined, space: string): void {
  if (!constraints?.length) return;
  page.write(0, `${space}Topology Spread Constraints:\t`);
  [...constraints]
    .sort((a, b) => byText(a.topologyKey, b.topologyKey))
    .forEach((c, i) => {
      const selector = c.labelSelector ? ` for selector ${formatLabelSelector(c.labelSelector)}` : '';
      page.write(
        0,
        `${i > 0 ? `${space}\t` : ''}${c.topologyKey}:${c.whenUnsatisfiable} when max skew ${c.maxSkew} is exceeded${selector}\n`,
      );
    });
}

function writeSchedulingGroup(page: Page, spec: PodSpec | undefined, space: string): void {
  if (!spec?.schedulingGroup) return;
  page.write(0, `${space}SchedulingGroup:\n`);
  page.write(1, `PodGroupName:\t${spec.schedulingGroup.podGroupName}\n`);
}

/** The Pod Template section of a workload. */
export function writePodTemplate(page: Page, template: core.PodTemplateSpec | undefined): void {
  page.write(0, 'Pod Template:\n');
  if (!template) {
    page.write(1, '<unset>');
    return;
  }
  const spec = template.spec as PodSpec | undefined;
  writeLabels(page, '  Labels', template.metadata?.labels);
  if (Object.keys(template.metadata?.annotations ?? {}).length > 0) writeAnnotations(page, '  Annotations', template.metadata!.annotations);
  if (spec?.serviceAccountName) page.write(1, `Service Account:\t${spec.serviceAccountName}\n`);
  if (spec?.initContainers?.length) writeContainers(page, {label: 'Init Containers', containers: spec.initContainers, space: '  '});
  writeContainers(page, {label: 'Containers', containers: spec?.containers, space: '  '});
  writeVolumes(page, spec?.volumes, '  ');
  writeSpread(page, spec?.topologySpreadConstraints, '  ');
  if (spec?.priorityClassName) page.write(1, `Priority Class Name:\t${spec.priorityClassName}\n`);
  writeLabels(page, '  Node-Selectors', spec?.nodeSelector);
  writeTolerations(page, '  Tolerations', spec?.tolerations);
  writeSchedulingGroup(page, spec, '  ');
}

function writeIdentity(page: Page, pod: core.Pod): void {
  const {metadata, status} = pod;
  const spec = pod.spec as PodSpec | undefined;
  page.write(0, `Name:\t${metadata?.name ?? ''}\n`);
  page.write(0, `Namespace:\t${metadata?.namespace ?? ''}\n`);
  if (spec?.priority !== undefined) page.write(0, `Priority:\t${spec.priority}\n`);
  if (spec?.priorityClassName) page.write(0, `Priority Class Name:\t${spec.priorityClassName}\n`);
  if (spec?.runtimeClassName) page.write(0, `Runtime Class Name:\t${spec.runtimeClassName}\n`);
  if (spec?.serviceAccountName) page.write(0, `Service Account:\t${spec.serviceAccountName}\n`);
  page.write(0, `Node:\t${spec?.nodeName ? `${spec.nodeName}/${status?.hostIP ?? ''}` : '<none>'}\n`);
  if (status?.startTime) page.write(0, `Start Time:\t${rfc1123(status.startTime)}\n`);
  writeLabels(page, 'Labels', metadata?.labels);
  writeAnnotations(page, 'Annotations', metadata?.annotations);
  if (metadata?.deletionTimestamp && !isPodPhaseTerminal(status?.phase)) {
    page.write(0, `Status:\t${terminating(metadata.deletionTimestamp, page.now)}\n`);
    page.write(0, `Termination Grace Period:\t${metadata.deletionGracePeriodSeconds}s\n`);
  } else page.write(0, `Status:\t${status?.phase ?? ''}\n`);
  if (status?.reason) page.write(0, `Reason:\t${status.reason}\n`);
  if (status?.message) page.write(0, `Message:\t${status.message}\n`);
  writeSeccomp(page, 0, spec?.securityContext?.seccompProfile);
  page.write(0, `IP:\t${status?.podIP ?? ''}\n`);
  if (status?.podIPs?.length) {
    page.write(0, 'IPs:\n');
    for (const {ip} of status.podIPs) page.write(1, `IP:\t${ip}\n`);
  } else page.write(0, 'IPs:\t<none>\n');
  const controller = controllerText(pod);
  if (controller) page.write(0, `Controlled By:\t${controller}\n`);
  if (status?.nominatedNodeName) page.write(0, `NominatedNodeName:\t${status.nominatedNodeName}\n`);
  if (spec?.resources) {
    page.write(0, 'Resources:\n');
    writeResources(page, 1, spec.resources);
  }
}

function writeConditions(page: Page, pod: core.Pod): void {
  const conditions = pod.status?.conditions ?? [];
  const gates = pod.spec?.readinessGates ?? [];
  if (gates.length > 0) {
    page.write(0, 'Readiness Gates:\n  Type\tStatus\n');
    for (const {conditionType} of gates)
      page.write(1, `${conditionType} \t${conditions.find(c => c.type === conditionType)?.status ?? '<none>'} \n`);
  }
  if (conditions.length === 0) return;
  page.write(0, 'Conditions:\n  Type\tStatus\n');
  for (const {type, status} of conditions) page.write(1, `${type} \t${status} \n`);
}

export const describePod: Describer<core.Pod> = function* (pod, page, {reader, showEvents}) {
  const {metadata, spec, status} = pod;
  const events = showEvents
    ? yield* eventsAbout(reader, {...metadata, uid: metadata?.annotations?.[MIRROR_POD_ANNOTATION] ?? metadata?.uid})
    : undefined;
  writeIdentity(page, pod);
  if (spec?.initContainers?.length)
    writeContainers(page, {label: 'Init Containers', containers: spec.initContainers, statuses: status?.initContainerStatuses, pod});
  writeContainers(page, {label: 'Containers', containers: spec?.containers, statuses: status?.containerStatuses, pod});
  if (spec?.ephemeralContainers?.length)
    writeContainers(page, {
      label: 'Ephemeral Containers',
      containers: spec.ephemeralContainers,
      statuses: status?.ephemeralContainerStatuses,
      pod,
    });
  writeConditions(page, pod);
  writeVolumes(page, spec?.volumes, '');
  page.write(0, `QoS Class:\t${getPodQos(pod as Pod)}\n`);
  writeLabels(page, 'Node-Selectors', spec?.nodeSelector);
  writeTolerations(page, 'Tolerations', spec?.tolerations);
  writeSpread(page, spec?.topologySpreadConstraints, '');
  writeSchedulingGroup(page, spec as PodSpec | undefined, '');
  writeEvents(page, events);
};
