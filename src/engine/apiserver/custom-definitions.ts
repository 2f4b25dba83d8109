/**
 * The life of a CustomResourceDefinition: its names are accepted or not, it is established, and when it is deleted it waits until its objects are gone.
 * upstream: staging/src/k8s.io/apiextensions-apiserver/pkg/controller/{status,establish,finalizer}, pkg/registry/customresourcedefinition/etcd.go
 */
import {type Condition, findCondition, isConditionTrue, setCondition} from '../api/conditions.ts';
import type {Kind} from '../api/kinds.ts';
import type {KubeObject, Stored} from '../api/types.ts';
import type {Tx} from '../machine/types.ts';

export interface Names {
  plural: string;
  singular?: string;
  kind: string;
  listKind?: string;
  shortNames?: string[];
  categories?: string[];
}

export type Definition = Stored<KubeObject> & {
  spec: {group: string; names: Names};
  status?: {conditions?: Condition[] | null; acceptedNames?: Names; storedVersions?: string[] | null};
};

/** The event by which the server's own loops look at one definition. */
export const DEFINITION_CHANGED = 'definition-changed';
/** Virtual milliseconds until they do. */
const SYNC_MS = 2;

/** While a definition has this, its objects are being deleted. */
export const CLEANUP_FINALIZER = 'customresourcecleanup.apiextensions.k8s.io';

export const isDefinition = (kind: Kind): boolean => kind.kind === 'CustomResourceDefinition';

/** A definition was written: the loops will look at it. */
export function definitionChanged(tx: Tx, name: string): void {
  tx.schedule(tx.now + SYNC_MS, {type: DEFINITION_CHANGED, data: {name}});
}

/** A definition that begins to be deleted: it gets its finalizer and says so. Changes the copy it is given. */
export function markDeleted(definition: KubeObject, now: string): void {
  const {metadata} = definition;
  const status = (definition['status'] ??= {}) as NonNullable<Definition['status']>;
  if (!metadata.finalizers?.includes(CLEANUP_FINALIZER)) metadata.finalizers = [...(metadata.finalizers ?? []), CLEANUP_FINALIZER];
  status.conditions = terminating(
    status.conditions,
    'True',
    'InstanceDeletionPending',
    'CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon',
    now,
  );
}

export const terminating = (
  conditions: Condition[] | null | undefined,
  status: string,
  reason: string,
  message: string,
  now: string,
): Condition[] => setCondition(conditions ?? [], {type: 'Terminating', status, reason, message}, now);

/** Which of its names another definition of the group has already been given; the first of them counts. */
function conflict({metadata, spec}: Definition, all: readonly Definition[]): {reason: string; name: string} | undefined {
  const taken = new Set<string>();
  const kinds = new Set<string>();
  for (const {metadata: other, spec: theirs, status} of all) {
    if (other.uid === metadata.uid || theirs.group !== spec.group || !status?.acceptedNames) continue;
    const {plural, singular, shortNames = [], kind, listKind} = status.acceptedNames;
    for (const name of [plural, singular, ...shortNames]) if (name) taken.add(name);
    for (const name of [kind, listKind]) if (name) kinds.add(name);
  }
  const {plural, singular, shortNames = [], kind, listKind} = spec.names;
  if (taken.has(plural)) return {reason: 'PluralConflict', name: plural};
  if (singular && taken.has(singular)) return {reason: 'SingularConflict', name: singular};
  const short = shortNames.find(name => taken.has(name));
  if (short) return {reason: 'ShortNamesConflict', name: short};
  if (kinds.has(kind)) return {reason: 'KindConflict', name: kind};
  if (listKind && kinds.has(listKind)) return {reason: 'ListKindConflict', name: listKind};
  return undefined;
}

/** The status that a definition should have, given all of them. */
export function statusOf(definition: Definition, all: readonly Definition[], now: string): NonNullable<Definition['status']> {
  const {status = {}, spec} = definition;
  const met = conflict(definition, all);
  const accepted: Condition = met
    ? {type: 'NamesAccepted', status: 'False', reason: met.reason, message: `${JSON.stringify(met.name)} is already in use`}
    : {type: 'NamesAccepted', status: 'True', reason: 'NoConflicts', message: 'no conflicts found'};
  const established: Condition = met
    ? {type: 'Established', status: 'False', reason: 'NotAccepted', message: 'not all names are accepted'}
    : {type: 'Established', status: 'True', reason: 'InitialNamesAccepted', message: 'the initial names have been accepted'};
  const named = setCondition(status.conditions ?? [], accepted, now);
  // What has been established stays so.
  const conditions = isConditionTrue(named, 'Established') ? named : setCondition(named, established, now);
  return {...status, conditions, ...(!met && {acceptedNames: spec.names})};
}

/** Whether the loop that empties it has still to begin. */
export const isDeletionPending = ({status}: Definition): boolean =>
  findCondition(status?.conditions ?? [], 'Terminating')?.reason === 'InstanceDeletionPending';
