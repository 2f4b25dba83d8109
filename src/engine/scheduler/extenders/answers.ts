/** What extenders answer, read as Go reads JSON into its structs. upstream: staging/src/k8s.io/kube-scheduler/extender/v1/types.go, Go's encoding/json */
import {jsonFault, parseJson} from '../../apiserver/decoding/json.ts';

/** The first value of a text: a decoder does not look at what comes behind it. */
function firstValue(text: string): {value: unknown} | {why: string} {
  if (text.trim() === '') return {why: 'EOF'};
  const parsed = parseJson(text);
  if (parsed.error === undefined) return {value: parsed.value};
  const fault = jsonFault(text);
  if (fault.only === 'goes on') return {value: JSON.parse(text.slice(0, fault.at))};
  return {why: fault.only === 'ends' ? 'unexpected EOF' : fault.message};
}

type JsonKind = 'object' | 'array' | 'string' | 'number' | 'bool';

const kindOf = (value: unknown): JsonKind =>
  Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : (typeof value as Exclude<JsonKind, 'array' | 'bool'>);

/** A type of Go's: its name, and what stands for it in JSON. */
type GoType = readonly [name: string, json: JsonKind];

/** A struct (`fields`) or a list of them. */
export interface Shape {
  readonly type: string;
  readonly list?: true;
  readonly fields: Readonly<Record<string, GoType>>;
}

/** The value as the shape has it. Go finds a field whatever the case of its name; null is as good as nothing. */
function shaped(value: unknown, {type, list, fields}: Shape): {value: unknown} | {why: string} {
  const expected: JsonKind = list ? 'array' : 'object';
  const whole = `v1.${list ? `${type}List` : type}`;
  if (value === null) return {value: list ? [] : {}};
  if (kindOf(value) !== expected) return {why: `json: cannot unmarshal ${kindOf(value)} into Go value of type ${whole}`};
  const read: Record<string, unknown>[] = [];
  for (const item of list ? (value as unknown[]) : [value]) {
    if (item !== null && kindOf(item) !== 'object') return {why: `json: cannot unmarshal ${kindOf(item)} into Go value of type v1.${type}`};
    const found: Record<string, unknown> = {};
    for (const [key, given] of Object.entries(item ?? {})) {
      const field = Object.keys(fields).find(name => name.toLowerCase() === key.toLowerCase());
      if (field === undefined || given === null) continue;
      const [goType, json] = fields[field]!;
      if (kindOf(given) !== json) {
        return {why: `json: cannot unmarshal ${kindOf(given)} into Go struct field ${type}.${field} of type ${goType}`};
      }
      found[field] = given;
    }
    read.push(found);
  }
  return {value: list ? read : read[0]};
}

/** An answer's text as the shape has it, or Go's word on why it is not one. */
export function decode(text: string, shape: Shape): {value: unknown} | {why: string} {
  const first = firstValue(text);
  return 'why' in first ? first : shaped(first.value, shape);
}

const FAILED_NODES = ['v1.FailedNodesMap', 'object'] as const;

export interface FilterResult {
  readonly Nodes?: {readonly items?: readonly {readonly metadata?: {readonly name?: string}}[]};
  readonly NodeNames?: readonly string[];
  /** Why not, by node. */
  readonly FailedNodes?: Readonly<Record<string, string>>;
  /** The same of nodes on which preemption would not help. */
  readonly FailedAndUnresolvableNodes?: Readonly<Record<string, string>>;
  readonly Error?: string;
}

export const FILTER_RESULT: Shape = {
  type: 'ExtenderFilterResult',
  fields: {
    Nodes: ['v1.NodeList', 'object'],
    NodeNames: ['[]string', 'array'],
    FailedNodes: FAILED_NODES,
    FailedAndUnresolvableNodes: FAILED_NODES,
    Error: ['string', 'string'],
  },
};

export interface HostPriority {
  readonly Host?: string;
  /** 0..10 */
  readonly Score?: number;
}

export const HOST_PRIORITIES: Shape = {type: 'HostPriority', list: true, fields: {Host: ['string', 'string'], Score: ['int64', 'number']}};

export interface PreemptionResult {
  readonly NodeNameToMetaVictims?: Readonly<
    Record<string, {readonly Pods?: readonly {readonly UID?: string}[]; readonly NumPDBViolations?: number}>
  >;
}

export const PREEMPTION_RESULT: Shape = {
  type: 'ExtenderPreemptionResult',
  fields: {NodeNameToMetaVictims: ['map[string]*v1.MetaVictims', 'object']},
};

export interface BindingResult {
  readonly Error?: string;
}

export const BINDING_RESULT: Shape = {type: 'ExtenderBindingResult', fields: {Error: ['string', 'string']}};
