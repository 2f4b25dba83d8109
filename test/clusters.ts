/** Clusters that tests begin with. */
import {type Cluster, type ClusterOptions, createCluster} from '../src/engine/cluster/cluster.ts';

const built = new Map<string, Cluster>();

/** A cluster as createCluster makes it: one of the same options is built once, and everybody has a branch of it. */
export function clusterOf(options: Omit<ClusterOptions, 'preset'> = {}): Cluster {
  const key = JSON.stringify(options);
  const cluster = built.get(key) ?? createCluster(options);
  built.set(key, cluster);
  return cluster.history.branch();
}
