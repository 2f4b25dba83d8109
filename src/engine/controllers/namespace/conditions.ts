/** Why a namespace is not gone yet. upstream: pkg/controller/namespace/deletion/status_condition_utils.go */
import {findCondition} from '../../api/conditions.ts';
import type {core} from '../../api/types.ts';

export type NamespaceCondition = core.NamespaceCondition & {lastTransitionTime?: string};

/** What is left in a namespace after an attempt to empty it. */
export interface Remains {
  /** Objects by `resource.group`, as upstream prints a GroupResource with its dot even for the core group. */
  byResource: Readonly<Record<string, number>>;
  byFinalizer: Readonly<Record<string, number>>;
  /** What went wrong while deleting. */
  failures: readonly string[];
}

interface Text {
  status: 'True' | 'False';
  reason: string;
  message: string;
}

const counted = (counts: Readonly<Record<string, number>>, words: (name: string, count: number) => string): string =>
  Object.entries(counts)
    .map(([name, count]) => words(name, count))
    .sort()
    .join(', ');

/** In the order in which they are added. */
const conditions: Record<string, (remains: Remains) => Text> = {
  NamespaceDeletionDiscoveryFailure: () => ({
    status: 'False',
    reason: 'ResourcesDiscovered',
    message: 'All resources successfully discovered',
  }),
  NamespaceDeletionGroupVersionParsingFailure: () => ({
    status: 'False',
    reason: 'ParsedGroupVersions',
    message: 'All legacy kube types successfully parsed',
  }),
  NamespaceDeletionContentFailure: ({failures}) =>
    failures.length > 0
      ? {
          status: 'True',
          reason: 'ContentDeletionFailed',
          message: `Failed to delete all resource types, ${failures.length} remaining: ${failures.join(', ')}`,
        }
      : {status: 'False', reason: 'ContentDeleted', message: 'All content successfully deleted, may be waiting on finalization'},
  NamespaceContentRemaining: ({byResource}) =>
    Object.keys(byResource).length > 0
      ? {
          status: 'True',
          reason: 'SomeResourcesRemain',
          message: `Some resources are remaining: ${counted(byResource, (name, count) => `${name} has ${count} resource instances`)}`,
        }
      : {status: 'False', reason: 'ContentRemoved', message: 'All content successfully removed'},
  NamespaceFinalizersRemaining: ({byFinalizer}) =>
    Object.keys(byFinalizer).length > 0
      ? {
          status: 'True',
          reason: 'SomeFinalizersRemain',
          message: `Some content in the namespace has finalizers remaining: ${counted(byFinalizer, (name, count) => `${name} in ${count} resource instances`)}`,
        }
      : {status: 'False', reason: 'ContentHasNoFinalizers', message: 'All content-preserving finalizers finished'},
};

/** The conditions after an attempt; undefined where none has changed. `time` is the present as RFC 3339. */
export function deletionConditions(
  current: readonly NamespaceCondition[] | undefined,
  remains: Remains,
  time: string,
): NamespaceCondition[] | undefined {
  let next: NamespaceCondition[] = [...(current ?? [])];
  let changed = false;
  for (const [type, words] of Object.entries(conditions)) {
    const text = words(remains);
    const before = findCondition(next, type);
    if (before && before.status === text.status && before.reason === text.reason && before.message === text.message) continue;
    changed = true;
    if (!before) next = [...next, {type, lastTransitionTime: time, ...text}];
    else {
      const lastTransitionTime = before.status === text.status ? before.lastTransitionTime : time;
      next = next.map(c => (c === before ? {...c, ...text, lastTransitionTime} : c));
    }
  }
  return changed ? next : undefined;
}
