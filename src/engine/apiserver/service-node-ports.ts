/** Which node port each port of a Service has. upstream: pkg/registry/core/service/storage/alloc.go initNodePorts, updateNodePorts */
import type {Service} from '../api/types.ts';

type Spec = NonNullable<Service['spec']>;

export interface NodePorts {
  /** Takes the number that `spec.ports[i]` asks for; throws ApiError 422 when it cannot be had. */
  take(i: number, nodePort: number): void;
  /** A free number, taken; throws ApiError 500 when there is none. */
  next(): number;
}

/** Not every balancer needs a port on the nodes; what is asked for is given all the same. */
const wantsAll = ({type, allocateLoadBalancerNodePorts: allocate}: Spec): boolean => type === 'NodePort' || allocate !== false;

/** For a new Service. Ports of one number share a node port: a name server is found at the same one by TCP and by UDP. */
export function initNodePorts(spec: Spec, nodePorts: NodePorts): void {
  const ports = spec.ports ?? [];
  const byPort = new Map<number, number>();
  for (const [i, port] of ports.entries()) {
    if (!port.nodePort && !wantsAll(spec)) continue;
    const known = byPort.get(port.port);
    if (known === undefined) {
      const asked = ports.find(other => other.port === port.port && other.nodePort)?.nodePort;
      if (asked) nodePorts.take(i, asked);
      port.nodePort = asked ?? nodePorts.next();
    } else if (!port.nodePort) port.nodePort = known;
    else if (port.nodePort !== known) nodePorts.take(i, port.nodePort);
    if (known === undefined) byPort.set(port.port, port.nodePort);
  }
}

/** For a Service that there was: what it had, it may have again. */
export function updateNodePorts(spec: Spec, before: Spec, nodePorts: NodePorts): void {
  const mine = new Set((before.ports ?? []).map(port => port.nodePort));
  for (const [i, port] of (spec.ports ?? []).entries()) {
    if (port.nodePort) {
      if (!mine.has(port.nodePort)) nodePorts.take(i, port.nodePort);
      mine.add(port.nodePort);
    } else if (wantsAll(spec)) port.nodePort = nodePorts.next();
  }
}
