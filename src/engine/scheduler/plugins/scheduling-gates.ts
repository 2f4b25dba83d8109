/** Keeps a pod out of the queue while it has gates. upstream: pkg/scheduler/framework/plugins/schedulinggates/scheduling_gates.go */
import {unresolvable} from '../framework/status.ts';
import type {Plugin} from '../framework/types.ts';

export const schedulingGates = (): Plugin => ({
  name: 'SchedulingGates',
  preEnqueue(pod) {
    const gates = pod.spec?.schedulingGates ?? [];
    if (gates.length === 0) return undefined;
    return unresolvable(`waiting for scheduling gates: [${gates.map(g => g.name).join(' ')}]`);
  },
  events: [{resource: 'TargetPod', actions: ['UpdatePodSchedulingGatesEliminated']}],
});
