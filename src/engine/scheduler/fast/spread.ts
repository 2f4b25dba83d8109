/** PodTopologySpread over columns. Mirrors plugins/pod-topology-spread.ts. */

import {MAX_INT32} from '../../api/int32.ts';
import {type Labels, matches} from '../../api/labels.ts';
import type {Pod} from '../../api/types.ts';
import {LABEL_HOSTNAME} from '../../api/well-known.ts';
import type {Cycle, NodeInfo} from '../framework/types.ts';
import {topologyWeight} from '../plugins/pod-topology-spread.ts';
import {type Constraint, constraintsFor, isIncluded, type PodTopologySpreadArgs} from '../plugins/topology-constraints.ts';
import type {Columns} from './columns.ts';
import type {CountColumn, DomainSums, Domains} from './counts.ts';
import type {Template} from './template.ts';

export const SPREAD = 'PodTopologySpread';

interface Bound {
  readonly constraint: Constraint;
  readonly domains: Domains;
  readonly column: CountColumn;
  readonly sums: DomainSums;
}

/** Which nodes a constraint counts: those with all keys (where demanded), as its policies say. */
function included(constraint: Constraint, keys: readonly string[], pod: Pod, columns: Columns, template: Template): Uint8Array {
  const {nodeAffinityPolicy, nodeTaintsPolicy} = constraint;
  const key = [nodeAffinityPolicy, nodeTaintsPolicy, ...keys].join('\n');
  const known = template.included.get(key);
  if (known) return known.mask;
  const counts = (asked: Pod, node: NodeInfo): boolean =>
    keys.every(k => node.labels[k] !== undefined) && isIncluded(constraint, asked, node);
  const mask = Uint8Array.from(columns.nodes, node => (counts(pod, node) ? 1 : 0));
  template.included.set(key, {mask, counts});
  return mask;
}

function bindAll(constraints: readonly Constraint[], keys: readonly string[], pod: Pod, columns: Columns, template: Template): Bound[] {
  return constraints.map(constraint => {
    const domains = columns.domains(constraint.topologyKey);
    const column = columns.counts(pod.metadata.namespace ?? '', constraint.selector);
    return {constraint, domains, column, sums: column.sums(domains, included(constraint, keys, pod, columns, template))};
  });
}

const NEVER = MAX_INT32;

function globalMinimum({constraint, sums}: Bound): number {
  let size = 0;
  let min = NEVER;
  for (let d = 0; d < sums.sums.length; d++) {
    if (sums.nodes[d] === 0) continue;
    size++;
    if (sums.sums[d]! < min) min = sums.sums[d]!;
  }
  return size < constraint.minDomains ? 0 : min;
}

/** Whether a node keeps all DoNotSchedule constraints; undefined where there are none. */
export function spreadFilter(
  cycle: Cycle,
  pod: Pod,
  columns: Columns,
  template: Template,
  args: PodTopologySpreadArgs,
): ((i: number) => boolean) | undefined {
  const constraints = constraintsFor(pod, 'DoNotSchedule', args, cycle.listers);
  if (constraints.length === 0) return undefined;
  const keys = constraints.map(c => c.topologyKey);
  const labels = (pod.metadata.labels as Labels | undefined) ?? {};
  const bound = bindAll(constraints, keys, pod, columns, template).map(b => ({
    ...b,
    // matching + self - minimum <= maxSkew
    most: b.constraint.maxSkew + globalMinimum(b) - (matches(b.constraint.selector, labels) ? 1 : 0),
  }));
  return i => bound.every(({domains, sums, most}) => domains.has[i] === 1 && sums.sums[domains.of[i]!]! <= most);
}

export interface SpreadScores {
  /** Raw scores, in the order of the nodes given. */
  readonly raw: number[];
  readonly isIgnored: (at: number) => boolean;
}

/** Scores of the feasible nodes under the ScheduleAnyway constraints; undefined where there are none. */
export function spreadScores(
  cycle: Cycle,
  pod: Pod,
  columns: Columns,
  template: Template,
  args: PodTopologySpreadArgs,
  feasible: Int32Array,
  count: number,
): SpreadScores | undefined {
  const constraints = constraintsFor(pod, 'ScheduleAnyway', args, cycle.listers);
  if (constraints.length === 0) return undefined;
  const demandsAll = (pod.spec?.topologySpreadConstraints ?? []).length > 0 || args.defaultingType !== 'System';
  const keys = demandsAll ? constraints.map(c => c.topologyKey) : [];
  const bound = bindAll(constraints, keys, pod, columns, template);
  const field: Field = {feasible, count, ignored: ignoredNodes(keys, columns, feasible, count)};
  const {ignored} = field;
  const sums = new Float64Array(count);
  for (const b of bound) addScores(sums, b, field);
  const raw = new Array<number>(count);
  for (let k = 0; k < count; k++) raw[k] = ignored?.[k] ? 0 : Math.round(sums[k]!);
  return {raw, isIgnored: k => ignored?.[k] === 1};
}

/** The nodes that are scored: the first `count`. */
interface Field {
  readonly feasible: Int32Array;
  readonly count: number;
  /** By feasible node: 1 where one of the keys is missing; undefined: nowhere. */
  readonly ignored: Uint8Array | undefined;
}

function ignoredNodes(keys: readonly string[], columns: Columns, feasible: Int32Array, count: number): Uint8Array | undefined {
  if (keys.length === 0) return undefined;
  const ignored = new Uint8Array(count);
  for (const key of keys) {
    const {has} = columns.domains(key);
    for (let k = 0; k < count; k++) if (!has[feasible[k]!]) ignored[k] = 1;
  }
  return ignored;
}

/** How many domains the nodes that are not ignored are in; for hostnames, how many nodes they are. */
function domainCount({constraint, domains}: Bound, {feasible, count, ignored}: Field): number {
  if (constraint.topologyKey === LABEL_HOSTNAME) return ignored ? ignored.reduce((left, is) => left - is, count) : count;
  const seen = new Uint8Array(domains.size);
  let size = 0;
  for (let k = 0; k < count; k++) {
    const d = domains.of[feasible[k]!]!;
    if (seen[d] || ignored?.[k]) continue;
    seen[d] = 1;
    size++;
  }
  return size;
}

/** Adds one constraint's part of the score: matching pods in the node's domain, weighted, and its tolerance. */
function addScores(into: Float64Array, bound: Bound, field: Field): void {
  const {constraint, domains, column, sums} = bound;
  const {feasible, count} = field;
  const weight = topologyWeight(domainCount(bound, field));
  const tolerance = constraint.maxSkew - 1;
  const isHostname = constraint.topologyKey === LABEL_HOSTNAME;
  for (let k = 0; k < count; k++) {
    const i = feasible[k]!;
    if (!domains.has[i]) continue;
    const matching = isHostname ? column.counts[i]! : sums.sums[domains.of[i]!]!;
    into[k] = into[k]! + (matching * weight + tolerance);
  }
}
