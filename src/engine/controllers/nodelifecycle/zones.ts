/** How fast nodes of a zone may be emptied. upstream: pkg/controller/nodelifecycle/node_lifecycle_controller.go ComputeZoneState, handleDisruption */

import type {Node} from '../../api/types.ts';
import {LABEL_REGION, LABEL_ZONE} from '../../api/well-known.ts';

const EVICTION_RATE = 0.1;
const SECONDARY_EVICTION_RATE = 0.01;
const UNHEALTHY_ZONE_THRESHOLD = 0.55;
const LARGE_CLUSTER_SIZE_THRESHOLD = 50;

export type ZoneState = 'Normal' | 'PartialDisruption' | 'FullDisruption';

/** How many nodes a zone has, and how many of them are ready. */
export interface Census {
  readonly nodes: number;
  readonly readyNodes: number;
}

export const NOBODY: Census = {nodes: 0, readyNodes: 0};

/** Region and zone of a node; '' for a cluster that knows neither. */
export function zoneOf({metadata: {labels = {}}}: Node): string {
  const region = labels[LABEL_REGION] ?? labels['failure-domain.beta.kubernetes.io/region'] ?? '';
  const zone = labels[LABEL_ZONE] ?? labels['failure-domain.beta.kubernetes.io/zone'] ?? '';
  return region || zone ? `${region}:\u0000:${zone}` : '';
}

/** How a zone fares. */
export function zoneState({nodes, readyNodes}: Census): ZoneState {
  const notReady = nodes - readyNodes;
  if (readyNodes === 0 && notReady > 0) return 'FullDisruption';
  return notReady > 2 && notReady / nodes >= UNHEALTHY_ZONE_THRESHOLD ? 'PartialDisruption' : 'Normal';
}

/** Nodes a second that may be tainted NoExecute. In a half-dead zone of a small cluster none: it may be the network. */
export const evictionRate = (state: ZoneState, zoneSize: number): number =>
  state !== 'PartialDisruption' ? EVICTION_RATE : zoneSize > LARGE_CLUSTER_SIZE_THRESHOLD ? SECONDARY_EVICTION_RATE : 0;
