/** How each resource counts. upstream: pkg/quota/v1/evaluator/core/registry.go, apiserver/pkg/quota/v1/generic/evaluator.go */
import {groupResourceOf} from '../../../api/group-version.ts';
import {newQuantity} from '../../../api/quantity.ts';
import {claims} from './claims.ts';
import {noScope, pods} from './pods.ts';
import {services} from './services.ts';
import type {Evaluator} from './types.ts';

const SPECIAL: Readonly<Record<string, Evaluator>> = {pods, services, persistentvolumeclaims: claims};
/** Counted under their bare name too, as before `count/`. */
const LEGACY = new Set(['configmaps', 'resourcequotas', 'replicationcontrollers', 'secrets']);
const ONE = newQuantity(1);
const counters = new Map<string, Evaluator>();

/** The evaluator of a resource; those without their own are only counted. */
export function evaluatorFor({group, resource}: {group: string; resource: string}): Evaluator {
  const special = group === '' ? SPECIAL[resource] : undefined;
  if (special) return special;
  const qualified = groupResourceOf({group, resource});
  let counter = counters.get(qualified);
  if (!counter) counters.set(qualified, (counter = objectCounter(qualified)));
  return counter;
}

function objectCounter(qualified: string): Evaluator {
  const names = [`count/${qualified}`, ...(LEGACY.has(qualified) ? [qualified] : [])];
  return {
    handles: ({operation, subresource}) => operation === 'CREATE' && subresource === '',
    usage: () => Object.fromEntries(names.map(name => [name, ONE])),
    matchesResource: name => names.includes(name),
    matchesScope: noScope,
  };
}
