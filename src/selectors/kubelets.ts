import {PROCESSES, type Process} from '../engine/client/processes.ts';
import type {Machine} from '../engine/machine/machine.ts';
import type {KubeletFacts} from './facts.ts';
import type {Notes} from './notes.ts';
import {objectsOf, refOf} from './objects.ts';
import {podState} from './pods.ts';

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
          ref: refOf(pod),
        })),
      steps: told
        .slice(-remembered)
        .map(({step, note}) => ({atMs: step.at, stage: note.stage, subject: note.subject, detail: note.detail})),
    };
  });
}
