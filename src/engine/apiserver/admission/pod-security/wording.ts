import type {core} from '../../../api/types.ts';

export const plural = (singular: string, many: string, count: number): string => (count === 1 ? singular : many);

export const joinQuoted = (items: readonly string[]): string => items.map(item => `"${item}"`).join(', ');

/** Each once, in order. */
export const sorted = (items: readonly string[]): string[] => [...new Set(items)].sort();

/** `container "a"` or `containers "a", "b"`. */
export const named = (names: readonly string[], noun = 'container'): string =>
  `${noun}${names.length === 1 ? '' : 's'} ${joinQuoted(names)}`;

/** Who set something they must not: the pod, containers, or both. */
export function setters(pod: boolean, containers: readonly string[]): string {
  return [...(pod ? ['pod'] : []), ...(containers.length > 0 ? [named(containers)] : [])].join(' and ');
}

/** Pods that say they are for Windows are not asked for what only Linux has. */
export const isWindows = (spec: core.PodSpec): boolean => spec.os?.name === 'windows';

/** Root inside a user namespace is nobody outside. */
export const hasOwnUsers = (spec: core.PodSpec): boolean => spec.hostUsers === false;
