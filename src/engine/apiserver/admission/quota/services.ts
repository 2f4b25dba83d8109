/** upstream: pkg/quota/v1/evaluator/core/services.go */
import {newQuantity} from '../../../api/quantity.ts';
import type {core, Service} from '../../../api/types.ts';
import {noScope} from './pods.ts';
import type {Evaluator} from './types.ts';

const RESOURCES = new Set(['count/services', 'services', 'services.nodeports', 'services.loadbalancers']);

/** A service may change its type, so updates count too. */
export const services: Evaluator = {
  handles: ({operation, subresource}) => subresource === '' && (operation === 'CREATE' || operation === 'UPDATE'),
  usage(object) {
    const spec = (object as Service).spec ?? {};
    return {
      'count/services': newQuantity(1),
      services: newQuantity(1),
      'services.loadbalancers': newQuantity(spec.type === 'LoadBalancer' ? 1 : 0),
      'services.nodeports': newQuantity(nodePorts(spec)),
    };
  },
  matchesResource: name => RESOURCES.has(name),
  matchesScope: noScope,
};

function nodePorts({type, ports = [], allocateLoadBalancerNodePorts}: core.ServiceSpec): number {
  if (type === 'NodePort') return ports.length;
  if (type !== 'LoadBalancer') return 0;
  return allocateLoadBalancerNodePorts === false ? ports.filter(({nodePort}) => nodePort).length : ports.length;
}
