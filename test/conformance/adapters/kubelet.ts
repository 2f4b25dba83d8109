/** Kubelet cases: the pure functions of the kubelet, fed with the cases' inputs. */

import {computePodQos} from '../../../src/engine/api/qos.ts';
import {quantityValue} from '../../../src/engine/api/quantity.ts';
import type {ContainerStatus, Pod} from '../../../src/engine/api/types.ts';
import {resourceConfigForPod} from '../../../src/engine/kubelet/cm/resource-config.ts';
import {hashContainer} from '../../../src/engine/kubelet/container/container-hash.ts';
import {
  emptyPodStatus,
  type RuntimeContainerStatus,
  type RuntimePodStatus,
  type RuntimeState,
} from '../../../src/engine/kubelet/container/types.ts';
import {type ComparisonName, comparisons, type PodUsage, rankPods} from '../../../src/engine/kubelet/eviction/rank.ts';
import {byEvictionPriority} from '../../../src/engine/kubelet/eviction/thresholds.ts';
import {finishPull, type ImageBackoff, type ImageService, prepareImage} from '../../../src/engine/kubelet/images/image-manager.ts';
import {mustAttemptImagePull} from '../../../src/engine/kubelet/images/pull-credentials.ts';
import {computePodActions} from '../../../src/engine/kubelet/kuberuntime/compute-pod-actions.ts';
import type {ProbeResult} from '../../../src/engine/kubelet/kuberuntime/pod-actions.ts';
import {doProbe, newProbeWorker, type ProbeType} from '../../../src/engine/kubelet/prober/worker.ts';
import {containerOomScoreAdjust} from '../../../src/engine/kubelet/qos/oom-score.ts';
import {generateApiPodStatus} from '../../../src/engine/kubelet/status/api-pod-status.ts';
import * as conditions from '../../../src/engine/kubelet/status/conditions.ts';
import {convertToApiContainerStatuses} from '../../../src/engine/kubelet/status/container-statuses.ts';
import {getPhase} from '../../../src/engine/kubelet/status/phase.ts';
import type {Adapters} from '../harness.ts';
import {difference} from '../harness.ts';

const time = (ms: number): string => new Date(ms).toISOString().replace('.000Z', 'Z');

const podOf = (pod: any): Pod => ({...pod, spec: {containers: [], ...pod.spec}});

function runtimeStatus(pod: Pod, sandboxes: any[] = [], containers: any[] = []): RuntimePodStatus {
  const specs = [...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? []), ...(pod.spec?.ephemeralContainers ?? [])];
  const containerStatuses = containers.map((c, index): RuntimeContainerStatus => {
    const spec = specs.find(s => s.name === c.name);
    return {
      id: c.id ? `://${c.id}` : '',
      name: c.name,
      state: c.state as RuntimeState,
      createdAt: c.createdAt ? Date.parse(c.createdAt) : -index,
      ...(c.startedAt && {startedAt: Date.parse(c.startedAt)}),
      ...(c.finishedAt && {finishedAt: Date.parse(c.finishedAt)}),
      exitCode: c.exitCode ?? 0,
      reason: c.reason,
      message: c.message,
      image: c.image ?? '',
      imageRef: '',
      restartCount: c.restartCount ?? 0,
      hash: spec && c.hashMatchesSpec !== false ? hashContainer(spec) : 'of another spec',
    };
  });
  const sandboxStatuses = sandboxes.map((s, index) => ({
    id: s.id ?? '',
    attempt: s.attempt ?? 0,
    state: s.state,
    hostNetwork: false,
    ip: s.ip ?? s.network?.ip,
    createdAt: s.createdAt ? Date.parse(s.createdAt) : -sandboxes.length - containers.length - index,
  }));
  return {...emptyPodStatus, ips: sandboxStatuses.flatMap(s => (s.ip ? [s.ip] : [])), sandboxStatuses, containerStatuses};
}

const statusesOf = (given: any): ContainerStatus[] | undefined =>
  given.containerStatuses === 'nil' ? undefined : (given.containerStatuses ?? []);

const plain = ({type, status, reason, message}: conditions.Condition) => ({type, status, reason: reason ?? '', message: message ?? ''});

/** A container's state as upstream's tables write it: nothing that is empty, and what the cases drop. */
const stateOf = (state: ContainerStatus['state'], drop: readonly string[] = ['containerID']): any =>
  state &&
  Object.fromEntries(
    Object.entries(state).map(([kind, value]) => [
      kind,
      Object.fromEntries(Object.entries(value as object).filter(([k]) => !drop.includes(k))),
    ]),
  );

const generators: Record<string, (given: any, pod: Pod) => conditions.Condition> = {
  ContainersReady: (given, pod) => conditions.containersReadyCondition(pod, statusesOf(given), given.phase),
  Ready: (given, pod) => conditions.podReadyCondition(pod, given.conditions ?? [], statusesOf(given), given.phase),
  Initialized: (given, pod) => conditions.podInitializedCondition(pod, given.oldPodStatus, statusesOf(given), given.phase),
  PodReadyToStartContainers: (given, pod) => conditions.podReadyToStartContainersCondition(pod, runtimeStatus(pod, given.sandboxStatuses)),
  AllContainersRestarting: (given, pod) =>
    conditions.allContainersRestartingCondition(
      pod,
      runtimeStatus(pod, [], given.runtimeContainerStatuses),
      given.oldPodStatus,
      given.phase,
    ),
};

/** Node-level figures of a usage are quantities in the cases. */
const usageOf = (usage: Record<string, string | number>): PodUsage =>
  Object.fromEntries(Object.entries(usage).map(([key, value]) => [key, quantityValue(value)]));

export const adapters: Adapters = {
  phase: {
    answer({given}) {
      const pod = podOf(given.pod);
      const {containerStatuses = [], initContainerStatuses = []} = given.pod.status ?? {};
      return {phase: getPhase(pod, [...containerStatuses, ...initContainerStatuses], given.podIsTerminal, given.podHasInitialized)};
    },
  },

  conditions: {
    answer: ({given}) => ({condition: plain(generators[given.generate]!(given, podOf(given.pod)))}),
  },

  podStatus: {
    answer({given}) {
      const pod = podOf(given.pod);
      const status = generateApiPodStatus({
        pod,
        runtime: runtimeStatus(pod, given.runtime.sandboxStatuses, given.runtime.containerStatuses),
        previous: given.previousStatus,
        podIsTerminal: given.podIsTerminal ?? false,
        hostIp: '',
        waitingReason: () => undefined,
        probed: statuses => statuses,
        time,
      });
      return {
        phase: status.phase,
        reason: status.reason ?? '',
        message: status.message ?? '',
        // Upstream's table holds this condition apart from the others.
        conditions: status.conditions
          ?.filter(c => c.type !== 'PodReadyToStartContainers')
          .map(({type, status: truth, reason}) => ({type, status: truth, ...(reason && {reason})})),
        containerStates: status.containerStatuses?.map(c => ({
          name: c.name,
          ...(c.containerID && {containerID: c.containerID}),
          state: stateOf(c.state),
          ...(c.lastState && {lastState: stateOf(c.lastState)}),
          restartCount: c.restartCount,
        })),
      };
    },
  },

  containerStatuses: {
    answer({given}) {
      const pod = podOf(given.pod);
      const specs = [...pod.spec!.containers, ...(pod.spec!.initContainers ?? [])];
      const statuses = convertToApiContainerStatuses({
        pod,
        runtime: runtimeStatus(pod, [], given.runtimeStatuses),
        previous: given.previousStatuses,
        containers: given.containers.map((name: string) => specs.find(c => c.name === name)),
        isInitContainer: given.isInitContainer,
        podRestarting: given.podRestarting,
        waitingReason: () => undefined,
        time,
      });
      return {
        statuses: statuses.map(s => ({
          name: s.name,
          ready: s.ready,
          restartCount: s.restartCount,
          state: stateOf(s.state),
          ...(s.lastState && {lastState: stateOf(s.lastState)}),
        })),
      };
    },
  },

  podActions: {
    answer({given}) {
      const pod = podOf(given.pod);
      const status = runtimeStatus(pod, given.podStatus.sandboxStatuses, given.podStatus.containerStatuses);
      const result = (results: Record<string, ProbeResult>) => (id: string) => {
        const name = status.containerStatuses.find(c => c.id === id)?.name;
        return name === undefined ? undefined : results[name];
      };
      const actions = computePodActions(pod, status, {
        liveness: result(given.livenessResults ?? {}),
        startup: result(given.startupResults ?? {}),
      });
      return {...actions, sandboxID: actions.sandboxId, containersToKill: actions.containersToKill.map(c => c.name)};
    },
    differs: (expect, answer: any) =>
      difference(
        {...expect, ...(expect.containersToKill && {containersToKill: [...expect.containersToKill].sort()})},
        {...answer, containersToKill: [...answer.containersToKill].sort()},
      ),
  },

  pullPolicy: {
    answer({given}) {
      const backoffPolicy = {initial: given.backoff.initialSeconds * 1000, max: given.backoff.maxSeconds * 1000};
      let backoff: ImageBackoff | undefined;
      let now = 0;
      return {
        tries: Array.from({length: given.tries}, () => {
          now += given.clockStepBeforeEachTrySeconds * 1000;
          const runtimeCalls: string[] = [];
          const service: ImageService = {
            imageRef(image) {
              runtimeCalls.push('GetImageRef');
              if (given.inspectError) throw new Error(given.inspectError);
              return given.imagesOnNode.includes(image) ? image : undefined;
            },
            imageSize() {
              runtimeCalls.push('GetImageSize');
              return 0;
            },
            mustAttemptPull(image) {
              // The case's list stands for the records of earlier pulls; without one, everything may be used.
              if (!given.featureGates?.KubeletEnsureSecretPulledImages || !given.allowedSecrets) return false;
              const secrets = given.allowedSecrets[image.replace(/:latest$/, '')] ?? [];
              return mustAttemptImagePull({everybody: false, secrets}, given.pullSecrets ?? []);
            },
            takePullToken: () => given.qps === 0 || given.burst > 0,
          };
          const request = {image: given.image, policy: given.imagePullPolicy, now, backoff, backoffPolicy};
          const prepared = prepareImage(request, service);
          let outcome = prepared.pull ? undefined : prepared;
          const events = [...prepared.events];
          if (prepared.pull) {
            runtimeCalls.push('PullImage');
            const result = given.pullError ? {error: given.pullError} : {imageRef: prepared.image};
            outcome = {
              pull: false,
              ...finishPull({...request, asked: given.image, image: prepared.image, waited: 0, took: 0}, result, service),
            };
            events.push(...outcome.events);
          }
          backoff = outcome?.backoff ?? backoff;
          return {
            runtimeCalls,
            ...(outcome?.error && {error: outcome.error.reason}),
            recordStartedPulling: events.some(e => e.reason === 'Pulling'),
            recordFinishedPulling: prepared.pull && !outcome?.error,
            eventReasons: events.map(e => e.reason),
            message: outcome?.error?.message ?? '',
          };
        }),
      };
    },
    // A message is asserted where the case has one.
    differs: (expect, answer: any) =>
      difference(expect, {
        tries: answer.tries.map((t: any, index: number) => ({...t, message: expect.tries[index]?.message ? t.message : ''})),
      }),
  },

  probe: {
    answer({given}) {
      const now = Date.parse(given.now);
      const {probeType, container, podRestartPolicy, probe} = given.worker;
      let worker = newProbeWorker(probeType as ProbeType, container);
      let {podStatus} = given;
      const steps = (given.steps ?? [{execResult: given.execResult}]).map((step: any) => {
        podStatus = step.podStatus ?? podStatus;
        const {worker: next, goOn} = doProbe(worker, {
          probe,
          status: podStatus,
          restartPolicy: podRestartPolicy,
          deletionTimestamp: given.podDeletionTimestamp,
          now,
          parseTime: Date.parse,
          run: () => step.execResult,
        });
        worker = next;
        return {
          continue: goOn,
          resultSet: worker.result !== undefined,
          result: worker.result,
          onHold: worker.onHold,
          resultRun: worker.resultRun,
        };
      });
      return {steps};
    },
    differs: (expect, answer: any) =>
      expect.steps.map((step: object, index: number) => difference(step, answer.steps[index], `steps[${index}]`)).find(Boolean),
  },

  qos: {answer: ({given}) => ({qosClass: computePodQos(podOf(given.pod))})},

  oomScore: {
    answer({given}) {
      const pod = podOf(given.pod);
      const all = [...pod.spec!.containers, ...(pod.spec!.initContainers ?? [])];
      return {containers: Object.fromEntries(all.map(c => [c.name, containerOomScoreAdjust(pod, c, given.memoryCapacity)]))};
    },
    differs(expect, answer: any) {
      for (const [name, {min, max}] of Object.entries<{min: number; max: number}>(expect.containers)) {
        const got = answer.containers[name];
        if (!(got >= min && got <= max)) return `${name}: expected ${min} to ${max}, got ${got}`;
      }
      return undefined;
    },
  },

  cpuShares: {
    answer: ({given}) =>
      resourceConfigForPod(podOf(given.pod), {
        enforceCpuLimits: given.enforceCPULimits,
        cpuPeriod: given.cpuCFSQuotaPeriodMicros,
        customPeriod: given.featureGates?.CustomCPUCFSQuotaPeriod,
      }),
    // A key missing from the case means: not set.
    differs: (expect, answer: any) => difference({result: {it: expect}}, {result: {it: answer}}, '', true),
  },

  evictionRank: {
    answer({given}) {
      const usage = (pod: Pod) => (given.usage[pod.metadata.name!] ? usageOf(given.usage[pod.metadata.name!]) : undefined);
      const by = (given.orderedBy as string[]).filter((name): name is ComparisonName => name in comparisons);
      return {order: rankPods(given.pods, by, usage).map(pod => pod.metadata.name)};
    },
  },

  evictionThresholdOrder: {
    answer: ({given}) => ({
      order: byEvictionPriority(given.signals.map((signal: string) => ({signal}))).map(t => (t as {signal: string}).signal),
    }),
  },
};
