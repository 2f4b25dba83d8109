/** Lists whose members are told apart, by what they are or by some of their fields: their order does not count. upstream: apiserver/pkg/cel/common/values.go unstructuredSetList, unstructuredMapList */

export type Members = {readonly is: 'set'} | {readonly is: 'map'; readonly keys: readonly string[]};

const known = new WeakMap<readonly unknown[], Members>();

/** The list, remembered as one of such members. */
export function withMembers<T>(list: readonly T[], members: Members | undefined): readonly T[] {
  if (members) known.set(list, members);
  return list;
}

/** undefined: the order counts. */
export const membersOf = (list: readonly unknown[]): Members | undefined => known.get(list);
