/** Orders for `sort`. */

/** By code units: of the ASCII that Kubernetes' names are made of, the order in which Go sorts strings. */
export const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Entries of a map or record, by their keys. */
export const byKey = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number => byText(a, b);

/** Things with a name, by it. */
export const byName = (a: {readonly name: string}, b: {readonly name: string}): number => byText(a.name, b.name);

interface Named {
  readonly metadata?: {readonly name?: string | undefined} | undefined;
}

/** Objects by `metadata.name`. */
export const byObjectName = (a: Named, b: Named): number => byText(a.metadata?.name ?? '', b.metadata?.name ?? '');
