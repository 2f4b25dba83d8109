/** The names of the nodes' machines, to choose from. */
import {HOSTS, type Host} from '../../../engine/client/hosts.ts';
import type {Cluster} from '../../../engine/cluster/cluster.ts';

export const hostNames = ({machine}: Cluster): string[] => [...machine.table<Host>(HOSTS).entries()].map(([, host]) => host.name);

export const nodeWords = (cluster: Cluster) => hostNames(cluster).map(text => ({text, about: 'node'}));
