/** Which resources the garbage collector watches, and where an owner reference points. upstream: pkg/controller/garbagecollector (its monitors and rest mapper) */
import {parseApiVersion} from '../../api/group-version.ts';
import {byKind, kinds} from '../../api/kinds.ts';
import type {OwnerReference} from '../../api/types.ts';

const plural = ({resource, group}: {resource: string; group: string}): string =>
  kinds.find(kind => kind.resource === resource)?.group === group ? resource : `${resource}.${group}`;

/** Everything that is stored and can be deleted, but events: there are many, and nobody owns them. */
export const monitored: readonly string[] = kinds
  .filter(kind => kind.etcdPrefix && kind.resource !== 'events' && ['delete', 'list', 'watch'].every(verb => kind.verbs.includes(verb)))
  .map(plural);

export interface OwnerCoordinates {
  resource: string;
  namespaced: boolean;
}

/** The resource of an owner's kind; undefined for a kind nobody knows. */
export function resourceOfOwner({apiVersion, kind}: OwnerReference): OwnerCoordinates | undefined {
  const {group} = parseApiVersion(apiVersion);
  const row = byKind(group, '', kind);
  return row && {resource: plural(row), namespaced: row.namespaced};
}
