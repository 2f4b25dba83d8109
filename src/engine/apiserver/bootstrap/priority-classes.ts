/** The priority classes every cluster starts with. upstream: pkg/apis/scheduling/v1/helpers.go SystemPriorityClasses */
import type {KubeObject} from '../../api/types.ts';

const systemClass = (name: string, value: number, description: string): KubeObject => ({
  apiVersion: 'scheduling.k8s.io/v1',
  kind: 'PriorityClass',
  metadata: {name},
  value,
  description,
  preemptionPolicy: 'PreemptLowerPriority',
});

export const SYSTEM_PRIORITY_CLASSES: readonly KubeObject[] = [
  systemClass('system-node-critical', 2_000_001_000, 'Used for system critical pods that must not be moved from their current node.'),
  systemClass(
    'system-cluster-critical',
    2_000_000_000,
    'Used for system critical pods that must run in the cluster, but can be moved to another node if necessary.',
  ),
];
