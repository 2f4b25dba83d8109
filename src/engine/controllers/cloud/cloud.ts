/** A simulated provider of machines, load balancers and routes: what its API would tell a cloud controller manager. upstream: k8s.io/cloud-provider cloud.go */
import {addressAt, formatIp, parseCidr} from '../../api/ip.ts';
import {findHost} from '../../client/hosts.ts';
import {memoryOf} from '../../client/memory.ts';
import {networkSettings} from '../../client/network-settings.ts';
import type {Tx} from '../../machine/types.ts';

const FIRST_ADDRESS = 10;
/** From the order to the address. */
const BALANCER_SETUP_MS = 20_000;

interface LoadBalancer {
  readonly ip: string;
  readonly readyAt: number;
}

interface CloudRoute {
  readonly destination: string;
  readonly node: string;
}

const OWNER = 'cloud/';
const BALANCER = 'load-balancer';
const ROUTE = 'route';
const COUNTER = 'counter';

/** What became of a machine. */
type InstanceState = 'running' | 'shutdown' | 'gone';

/** The provider as the controllers call it. */
export function cloudOf(tx: Tx) {
  const memory = memoryOf(tx, OWNER);
  const nextAddress = (): string => {
    const used = memory.get<{count: number}>(COUNTER, BALANCER)?.count ?? 0;
    memory.put(COUNTER, BALANCER, {count: used + 1});
    return formatIp(addressAt(parseCidr(networkSettings(tx).balancerCIDR)!, BigInt(FIRST_ADDRESS + used)));
  };
  return {
    /** The load balancer of a service; ordered when there is none yet. */
    ensureLoadBalancer(name: string): LoadBalancer {
      const present = memory.get<LoadBalancer>(BALANCER, name);
      if (present) return present;
      const balancer = {ip: nextAddress(), readyAt: tx.now + BALANCER_SETUP_MS};
      memory.put(BALANCER, name, balancer);
      return balancer;
    },
    loadBalancer: (name: string): LoadBalancer | undefined => memory.get<LoadBalancer>(BALANCER, name),
    deleteLoadBalancer: (name: string): void => memory.delete(BALANCER, name),
    instance(node: string): InstanceState {
      const host = findHost(tx, node);
      if (!host) return 'gone';
      return host.up ? 'running' : 'shutdown';
    },
    routes: (): CloudRoute[] => memory.list<CloudRoute>(ROUTE).map(([, route]) => route),
    createRoute: (route: CloudRoute): void => memory.put(ROUTE, route.node, route),
    deleteRoute: (node: string): void => memory.delete(ROUTE, node),
  };
}

/** `a` and the service's uid without dashes, at most 32 characters. upstream: DefaultLoadBalancerName */
export const balancerName = (uid: string): string => `a${uid.replaceAll('-', '')}`.slice(0, 32);
