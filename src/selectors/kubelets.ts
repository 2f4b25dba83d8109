import {readMemory} from '../engine/client/memory.ts';
import {PROCESSES, type Process} from '../engine/client/processes.ts';
import {KUBELET, type PodWorker, WORKERS} from '../engine/kubelet/types.ts';
import type {Machine} from '../engine/machine/machine.ts';
import type {KubeletFacts} from './facts.ts';
import type {Notes} from './notes.ts';
import {objectsOf, refOf} from './objects.ts';
import {podState} from './pods.ts';
import {spanText} from './time-text.ts';

/** How many steps of its loop are remembered of each node. */
const remembered = 30;

/** Every node: is it ready, what should run there and what does, what its kubelet did last. */
export function kubeletFacts(machine: Machine, notes: Notes): KubeletFacts[] {
  const kubelets = new Map(
    machine
      .table<Process>(PROCESSES)
      .all('program', 'kubelet')
      .map(process => [process.instance, process.running]),
  );
  const pods = objectsOf(machine, 'pods');
  return objectsOf(machine, 'nodes').map(node => {
    const {name} = node.metadata;
    const workers = readMemory(machine, `${KUBELET}/${name}`);
    const told = notes.traces.filter(({note}) => note.instance === name && !note.component.startsWith('kube-flannel'));
    return {
      node: name,
      ready: node.status?.conditions?.some(condition => condition.type === 'Ready' && condition.status === 'True') ?? false,
      running: kubelets.get(name) ?? false,
      pods: pods
        .filter(pod => pod.spec?.nodeName === name)
        .map(pod => ({
          name: pod.metadata.name,
          desired: pod.metadata.deletionTimestamp === undefined ? 'Running' : 'gone',
          actual: podState(pod).state,
          doing: doing(workers.get<PodWorker>(WORKERS, pod.metadata.uid), machine.now),
          ref: refOf(pod),
        })),
      steps: told
        .slice(-remembered)
        .map(({step, note}) => ({atMs: step.at, stage: note.stage, subject: note.subject, detail: note.detail})),
    };
  });
}

/** What a pod's worker is in the middle of, in words, with the time it has still to go. */
function doing(worker: PodWorker | undefined, now: number): string {
  const step = worker?.step;
  if (!step) return '';
  const left = step.until > now ? `, ${spanText(step.until - now)} left` : '';
  switch (step.kind) {
    case 'sandbox':
      return `makes the sandbox${left}`;
    case 'volumes':
      return `waits for volumes${left}`;
    case 'queued':
      return `waits for its turn to pull ${step.image}`;
    case 'pull':
      return `pulls ${step.image}${left}`;
    case 'start':
      return `starts ${step.container}${left}`;
    case 'postStart':
      return `runs the postStart hook of ${step.container}${left}`;
    case 'kill':
      return `stops containers${left}`;
  }
}
