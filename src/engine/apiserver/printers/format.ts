/** How cells are worded. upstream: pkg/printers/internalversion/printers.go, staging/src/k8s.io/apimachinery/pkg/util/duration */

import {translateTimestampSince} from '../../api/duration.ts';
import {byText} from '../../api/order.ts';
import type {core} from '../../api/types.ts';

export type Cell = string | number | boolean;

export interface PrintOptions {
  /** Virtual time in milliseconds since 1970: ages are counted to it. */
  now: number;
  wide: boolean;
}

/** Age of a timestamp: `5m`, or `<unknown>` when there is none. */
export const age = (timestamp: string | null | undefined, now: number): string =>
  translateTimestampSince(timestamp ? Date.parse(timestamp) : undefined, now);

/** `a=1,b=2` in key order; `<none>` when empty. upstream: apimachinery/pkg/labels FormatLabels */
export function formatLabels(labels: Readonly<Record<string, string>> | null | undefined): string {
  const pairs = Object.entries(labels ?? {})
    .sort(([a], [b]) => byText(a, b))
    .map(([k, v]) => `${k}=${v}`);
  return pairs.length > 0 ? pairs.join(',') : '<none>';
}

/** Names and images of a pod template's containers, as two cells. */
export function containerCells(containers: readonly core.Container[] | undefined): [string, string] {
  const list = containers ?? [];
  return [list.map(c => c.name).join(','), list.map(c => c.image ?? '').join(',')];
}

const ACCESS_MODES: readonly [mode: string, short: string][] = [
  ['ReadWriteOnce', 'RWO'],
  ['ReadOnlyMany', 'ROX'],
  ['ReadWriteMany', 'RWX'],
  ['ReadWriteOncePod', 'RWOP'],
];

/** `RWO,ROX` in the canonical order. upstream: pkg/apis/core/v1/helper GetAccessModesAsString */
export const accessModes = (modes: readonly string[] | undefined): string =>
  ACCESS_MODES.filter(([mode]) => modes?.includes(mode))
    .map(([, short]) => short)
    .join(',');

/** `True`, `False`, or `<unset>`. */
export const boolText = (value: boolean | undefined): string => (value === undefined ? '<unset>' : value ? 'True' : 'False');

/** Roles of a node from its labels, sorted. */
export function nodeRoles(labels: Readonly<Record<string, string>> | undefined): string[] {
  const prefix = 'node-role.kubernetes.io/';
  const roles = new Set<string>();
  for (const [key, value] of Object.entries(labels ?? {})) {
    if (key.startsWith(prefix) && key.length > prefix.length) roles.add(key.slice(prefix.length));
    else if (key === 'kubernetes.io/role' && value) roles.add(value);
  }
  return [...roles].sort(byText);
}

const LOAD_BALANCER_WIDTH = 16;

/** Addresses of a load balancer, sorted and without repetition; cut to 16 characters unless wide. */
export function loadBalancerText(
  ingress: readonly {ip?: string | undefined; hostname?: string | undefined}[] | undefined,
  wide: boolean,
): string {
  const text = [...new Set((ingress ?? []).map(i => i.ip || i.hostname || '').filter(Boolean))].sort(byText).join(',');
  return !wide && text.length > LOAD_BALANCER_WIDTH ? `${text.slice(0, LOAD_BALANCER_WIDTH - 3)}...` : text;
}

/** `system: a, b + 2 more...`: the first `max` of a list. */
export function firstFew(items: readonly string[], max: number): string {
  const shown = items.slice(0, max).join(',');
  return items.length > max ? `${shown} + ${items.length - max} more...` : shown;
}
