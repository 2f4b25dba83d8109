/** upstream: pkg/scheduler/framework/plugins/nodeports/node_ports.go */
import type {Pod} from '../../api/types.ts';
import {conflicts, hostPortsOf} from '../framework/host-ports.ts';
import {skip, unschedulable} from '../framework/status.ts';
import type {HostPort, Plugin} from '../framework/types.ts';

const NAME = 'NodePorts';
const REASON_PORTS = "node(s) didn't have free ports for the requested pod ports";

export const nodePorts = (): Plugin => ({
  name: NAME,
  preFilter(cycle, pod) {
    const wanted = hostPortsOf(pod);
    if (wanted.length === 0) return {status: skip};
    cycle.state.set(NAME, wanted);
    return undefined;
  },
  filter(cycle, _pod, node) {
    const wanted = cycle.state.get(NAME) as HostPort[];
    return wanted.some(port => conflicts(node.ports, port)) ? unschedulable(REASON_PORTS) : undefined;
  },
  events: [
    {
      resource: 'AssignedPod',
      actions: ['Delete'],
      hint(pod, event) {
        const freed = hostPortsOf(event.old as Pod);
        return hostPortsOf(pod).some(port => conflicts(freed, port));
      },
    },
    {resource: 'Node', actions: ['Add']},
  ],
});
