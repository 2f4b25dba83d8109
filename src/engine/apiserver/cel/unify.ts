/** Which types go together, and what stands for an open one. upstream: cel-go checker/types.go */
import type {CelType} from './types.ts';

/** Open type -> what stands for it. */
export type Mapping = ReadonlyMap<string, CelType>;

/** The type with what stands for its open parts; `open`: what stands for those nobody knows. */
export function substitute(mapping: Mapping, type: CelType, open?: CelType): CelType {
  if (type.kind === 'param') {
    const known = mapping.get(type.name);
    return known ? substitute(mapping, known, open) : (open ?? type);
  }
  return type.params.length === 0 ? type : {...type, params: type.params.map(part => substitute(mapping, part, open))};
}

function sameType(a: CelType, b: CelType): boolean {
  return (
    a.kind === b.kind &&
    a.name === b.name &&
    a.params.length === b.params.length &&
    a.params.every((part, i) => sameType(part, b.params[i]!))
  );
}

const isWild = ({kind}: CelType): boolean => kind === 'dyn' || kind === 'error';
const NULLABLE: ReadonlySet<string> = new Set(['null', 'object', 'opaque', 'timestamp', 'duration']);
const isNullable = ({kind, name}: CelType): boolean => NULLABLE.has(kind) || NULLABLE.has(name);

/** The mapping under which a value of the one type may stand for the other; undefined: there is none. */
export function assign(mapping: Mapping, from: CelType, to: CelType): Mapping | undefined {
  if (to.kind === 'param') {
    const found = stand(mapping, from, to);
    if (found) return found;
    if (mapping.has(to.name)) return undefined;
  }
  if (from.kind === 'param') return stand(mapping, to, from);
  if (isWild(from) || isWild(to)) return mapping;
  if (from.kind === 'null') return isNullable(to) ? mapping : undefined;
  if (to.kind === 'null') return isNullable(from) ? mapping : undefined;
  if (from.kind !== to.kind) return undefined;
  if (from.kind === 'type') return mapping;
  return from.name === to.name ? assignAll(mapping, from.params, to.params) : undefined;
}

export function assignAll(mapping: Mapping, from: readonly CelType[], to: readonly CelType[]): Mapping | undefined {
  if (from.length !== to.length) return undefined;
  return from.reduce<Mapping | undefined>((known, type, i) => known && assign(known, type, to[i]!), mapping);
}

/** Has a type stand for an open one. */
function stand(mapping: Mapping, type: CelType, open: CelType): Mapping | undefined {
  if (sameType(type, open)) return mapping;
  const known = mapping.get(open.name);
  if (!known) return refersTo(mapping, type, open) ? undefined : new Map(mapping).set(open.name, type);
  if (sameType(type, known)) return mapping;
  const together = assign(mapping, type, known);
  return together && new Map(together).set(open.name, mostGeneral(type, known));
}

function refersTo(mapping: Mapping, type: CelType, open: CelType): boolean {
  if (type.kind !== 'param') return type.params.some(part => refersTo(mapping, part, open));
  const known = mapping.get(type.name);
  return type.name === open.name || (known !== undefined && refersTo(mapping, known, open));
}

export const mostGeneral = (a: CelType, b: CelType): CelType => (isAsGeneral(a, b) ? a : b);

function isAsGeneral(a: CelType, b: CelType): boolean {
  if (a.kind === 'dyn' || a.kind === 'param') return true;
  if (b.kind === 'dyn' || b.kind === 'param') return false;
  if (a.kind !== b.kind || a.name !== b.name) return false;
  return a.params.every((part, i) => b.params[i] !== undefined && isAsGeneral(part, b.params[i]));
}
