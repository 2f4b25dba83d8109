/** Where a value stands in an ascending list, or would: the index of the first that is not below it. Strings are compared by code units. */
export function placeIn<T extends string | number>(ascending: readonly T[], value: T): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ascending[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
