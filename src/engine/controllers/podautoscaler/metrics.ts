/**
 * What pods use, as the metrics API would say. Nothing is measured in a simulated cluster: a workload's whole load stands in an annotation of it
 * (`podyssey.dev/cpu-load: "900m"`), and its ready pods share it evenly.
 */

import {isPodReady} from '../../api/pods.ts';
import {newQuantity, parseQuantity, type Quantity, scaledValue, tryParseQuantity} from '../../api/quantity.ts';
import type {KubeObject, Pod} from '../../api/types.ts';

/** Where the load of a resource stands. */
const loadAnnotation = (resource: string): string => `podyssey.dev/${resource}-load`;

/** Thousandths, so that halves of a core can be reckoned with. */
export const milli = (quantity: Quantity): number => Number(scaledValue(quantity, -3));

export interface Usage {
  /** Of all ready pods together, in thousandths. */
  total: number;
  /** How many there are. */
  pods: number;
}

/** Undefined where nothing is known of the load, or no pod is there to bear it. */
export function usageOf(target: KubeObject, pods: readonly Pod[], resource: string): Usage | undefined {
  const load = tryParseQuantity(target.metadata.annotations?.[loadAnnotation(resource)]);
  const ready = pods.filter(isPodReady).length;
  return load && ready > 0 ? {total: milli(load), pods: ready} : undefined;
}

/** What the ready pods asked for, in thousandths; undefined where a container of one asks for nothing. */
export function requestsOf(pods: readonly Pod[], resource: string): number | undefined {
  let total = 0;
  for (const pod of pods.filter(isPodReady)) {
    for (const {resources} of pod.spec!.containers) {
      const request = resources?.requests?.[resource];
      if (request === undefined) return undefined;
      total += milli(parseQuantity(request));
    }
  }
  return total;
}

/** As it stands in a status. */
export const asQuantity = (thousandths: number): Quantity => newQuantity(Math.round(thousandths), 'DecimalSI', -3);
