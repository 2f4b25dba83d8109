/** What label selectors of the scheduler need beside api/labels.ts. */
import {type Selector, selectorFromSet} from '../../api/labels.ts';

/** Asks for nothing, so matches everything. */
export const isEmpty = (selector: Selector): boolean => !selector.nothing && selector.requirements.length === 0;

/** Both at once. */
export const both = (a: Selector, b: Selector): Selector => ({
  nothing: a.nothing || b.nothing,
  requirements: [...a.requirements, ...b.requirements],
});

/** The selector narrowed to pods that have these labels of the pod's own. */
export function withLabels(selector: Selector, labels: Readonly<Record<string, string>>, keys: readonly string[]): Selector {
  const own = keys.filter(key => key in labels).map(key => [key, labels[key]!] as const);
  return own.length === 0 ? selector : both(selector, selectorFromSet(Object.fromEntries(own)));
}
