/** Who owns which field of an object: kept with every write that names its manager. upstream: staging/src/k8s.io/apimachinery/pkg/util/managedfields */
import type {KubeObject, meta} from '../../api/types.ts';
import type {Definition} from '../decoding/schema.ts';
import {compare, difference, type FieldSet, type Shape, union} from './field-set.ts';

export interface Manager {
  /** --field-manager, or the first word of the client's name. */
  readonly name: string;
  readonly apiVersion: string;
  readonly subresource: string;
  /** RFC 3339. */
  readonly time: string;
}

export type Entry = meta.ManagedFieldsEntry & {fieldsV1?: FieldSet};

/** What nobody owns: the server sets it, or it is the object's name. */
const UNOWNED = ['name', 'namespace', 'creationTimestamp', 'selfLink', 'uid', 'generation', 'managedFields', 'resourceVersion'] as const;

/** An object without what nobody can own. */
export function ownable({apiVersion: _apiVersion, kind: _kind, ...rest}: KubeObject): Record<string, unknown> {
  const metadata: Record<string, unknown> = {...rest.metadata};
  for (const field of UNOWNED) delete metadata[field];
  const {metadata: _metadata, ...content} = rest;
  return Object.keys(metadata).length > 0 ? {...content, metadata} : content;
}

export const rootShape = (definition: Definition): Shape => ({is: 'struct', definition});
export const entriesOf = ({metadata}: KubeObject): readonly Entry[] => (metadata.managedFields ?? []) as Entry[];

export function isEntryOf({manager, operation, apiVersion, subresource = ''}: Entry, who: Manager, as: 'Apply' | 'Update'): boolean {
  return manager === who.name && operation === as && subresource === who.subresource && (as === 'Apply' || apiVersion === who.apiVersion);
}

/** The entries after a write that is no apply: what it changed is its manager's now, and nobody else's. `before` is undefined for a create. */
export function entriesAfterUpdate(before: KubeObject | undefined, after: KubeObject, who: Manager, shape: Shape): Entry[] {
  const {changed, removed} = compare(shape, before ? ownable(before) : {}, ownable(after), true);
  const entries = before ? entriesOf(before) : [];
  if (!changed && !removed) return [...entries];
  const taken = union(changed, removed);
  const own = entries.find(entry => isEntryOf(entry, who, 'Update'));
  const others = entries.filter(entry => entry !== own).flatMap(entry => withFields(entry, difference(entry.fieldsV1, taken)));
  const mine = union(difference(own?.fieldsV1, removed), changed);
  return sortEntries([...others, ...(mine ? [newEntry(who, 'Update', mine)] : [])]);
}

/** An entry that owns nothing any more goes. */
export const withFields = (entry: Entry, fieldsV1: FieldSet | undefined): Entry[] => (fieldsV1 ? [{...entry, fieldsV1}] : []);

export const newEntry = ({name, apiVersion, subresource, time}: Manager, operation: 'Apply' | 'Update', fieldsV1: FieldSet): Entry =>
  ({
    manager: name,
    operation,
    apiVersion,
    time,
    fieldsType: 'FieldsV1',
    fieldsV1,
    ...(subresource && {subresource}),
  }) as Entry;

/** Appliers first, then by time and name. upstream: managedfields/internal/managedfields.go sortEncodedManagedFields */
export function sortEntries(entries: readonly Entry[]): Entry[] {
  const key = ({operation, time, manager, apiVersion, subresource = ''}: Entry): string[] => [
    operation ?? '',
    operation === 'Update' ? String(time ?? '') : '',
    manager ?? '',
    apiVersion ?? '',
    subresource,
  ];
  return [...entries].sort((a, b) => {
    const [x, y] = [key(a), key(b)];
    const at = x.findIndex((part, i) => part !== y[i]);
    return at < 0 ? 0 : x[at]! < y[at]! ? -1 : 1;
  });
}
