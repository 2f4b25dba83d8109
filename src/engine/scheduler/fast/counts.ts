/** Pods that match a selector, counted by node and by topology domain, and kept up pod by pod. */
import {type Labels, matches, printSelector, type Selector} from '../../api/labels.ts';
import {isEmpty} from '../framework/selector.ts';
import type {NodeInfo, PodInfo} from '../framework/types.ts';
import {countMatching} from '../plugins/topology-constraints.ts';

/** The values of one topology key. Domain 0 is '': where nodes without the label go. */
export interface Domains {
  readonly key: string;
  /** By node: which domain. */
  readonly of: Int32Array;
  /** By node: 1 where the label is there. */
  readonly has: Uint8Array;
  readonly size: number;
}

export function domainsOf(key: string, nodes: readonly NodeInfo[]): Domains {
  const of = new Int32Array(nodes.length);
  const has = new Uint8Array(nodes.length);
  const index = new Map<string, number>([['', 0]]);
  nodes.forEach(({labels}, i) => {
    const value = labels[key];
    has[i] = value === undefined ? 0 : 1;
    const known = index.get(value ?? '');
    of[i] = known ?? index.size;
    if (known === undefined) index.set(value!, index.size);
  });
  return {key, of, has, size: index.size};
}

/** Sums by domain over the nodes that a constraint includes. */
export interface DomainSums {
  readonly domains: Domains;
  readonly include: Uint8Array;
  readonly sums: Int32Array;
  /** How many included nodes a domain has: none, and it does not exist for the constraint. */
  readonly nodes: Int32Array;
}

export interface CountColumn {
  /** By node. */
  readonly counts: Int32Array;
  sums(domains: Domains, include: Uint8Array): DomainSums;
  /** One pod more or less on a node. */
  change(i: number, pod: PodInfo, by: 1 | -1): void;
  recount(i: number, node: NodeInfo): void;
  /** A node has come into a mask, or gone out of it. */
  include(mask: Uint8Array, i: number, by: 1 | -1): void;
  /** These domains are no more. */
  forget(domains: Domains): void;
}

const counts = (selector: Selector, namespace: string, pod: PodInfo): boolean =>
  pod.namespace === namespace && !pod.terminating && !isEmpty(selector) && matches(selector, pod.labels as Labels);

export function countColumn(nodes: readonly NodeInfo[], namespace: string, selector: Selector): CountColumn {
  const column = new Int32Array(nodes.length);
  const known = new Map<Domains, Map<Uint8Array, DomainSums>>();
  nodes.forEach((node, i) => {
    column[i] = countMatching(node.pods, selector, namespace);
  });

  const add = (i: number, by: number): void => {
    column[i] = column[i]! + by;
    for (const byMask of known.values()) {
      for (const {domains, include, sums} of byMask.values()) if (include[i]) sums[domains.of[i]!] = sums[domains.of[i]!]! + by;
    }
  };

  return {
    counts: column,
    sums(domains, include) {
      const byMask = known.get(domains) ?? new Map<Uint8Array, DomainSums>();
      known.set(domains, byMask);
      const ready = byMask.get(include);
      if (ready) return ready;
      const made: DomainSums = {domains, include, sums: new Int32Array(domains.size), nodes: new Int32Array(domains.size)};
      for (let i = 0; i < column.length; i++) {
        if (!include[i]) continue;
        const d = domains.of[i]!;
        made.sums[d] = made.sums[d]! + column[i]!;
        made.nodes[d] = made.nodes[d]! + 1;
      }
      byMask.set(include, made);
      return made;
    },
    change(i, pod, by) {
      if (counts(selector, namespace, pod)) add(i, by);
    },
    recount: (i, node) => add(i, countMatching(node.pods, selector, namespace) - column[i]!),
    include(mask, i, by) {
      for (const byMask of known.values()) {
        const made = byMask.get(mask);
        if (!made) continue;
        const d = made.domains.of[i]!;
        made.sums[d] = made.sums[d]! + by * column[i]!;
        made.nodes[d] = made.nodes[d]! + by;
      }
    },
    forget: domains => void known.delete(domains),
  };
}

export const countKey = (namespace: string, selector: Selector): string =>
  `${namespace}\n${selector.nothing ? '-' : printSelector(selector)}`;
