/** Gives every part of an expression its type, and says what does not go together. upstream: cel-go checker/checker.go, errors.go (texts) */
import type {ASTNode} from '@marcbachmann/cel-js';
import {type Overload, overloadsOf} from './functions.ts';
import {macroOf} from './macros.ts';
import {type Fault, placeOf} from './places.ts';
import {
  BOOL,
  BYTES,
  type CelType,
  DOUBLE,
  DYN,
  ERROR,
  INT,
  listOf,
  mapOf,
  NULL,
  optionalOf,
  paramType,
  printType,
  STRING,
  typeTypeOf,
  UINT,
} from './types.ts';
import {assign, assignAll, type Mapping, mostGeneral, substitute} from './unify.ts';

/** What an expression may speak of. */
export type Variables = Readonly<Record<string, CelType>>;

/** A function called, in the ways that the types of its arguments leave open. */
export interface Call {
  readonly name: string;
  readonly overloads: readonly Overload[];
  /** Of a member, the first is what it is called on. */
  readonly args: readonly ASTNode[];
}

export interface Checked {
  readonly ast: ASTNode;
  readonly type: CelType;
  readonly faults: readonly Fault[];
  readonly typeOf: (node: ASTNode) => CelType;
  readonly callOf: (node: ASTNode) => Call | undefined;
  readonly calls: readonly Call[];
  /** Whether it speaks of a variable. */
  readonly mentions: (variable: string) => boolean;
}

/** Names of types are values too. */
const TYPE_NAMES: Variables = Object.fromEntries([
  ...[BOOL, BYTES, DOUBLE, INT, STRING, UINT, DYN].map(type => [type.name, typeTypeOf(type)] as const),
  ['list', typeTypeOf(listOf(DYN))] as const,
  ['map', typeTypeOf(mapOf(DYN, DYN))] as const,
  ['null_type', typeTypeOf(NULL)] as const,
]);

/** `mixed`: whether members of one list or map may be of several types. */
export function check(ast: ASTNode, variables: Variables, {mixed = false} = {}): Checked {
  const faults: Fault[] = [];
  const types = new Map<ASTNode, CelType>();
  const calls = new Map<ASTNode, Call>();
  const free = new Set<string>();
  let mapping: Mapping = new Map();
  let open = 0;

  const blame = (node: ASTNode, why: string, at = placeOf(node)): CelType => {
    faults.push({at, why});
    return ERROR;
  };
  const undeclared = (node: ASTNode, name: string): CelType => blame(node, `undeclared reference to '${name}' (in container '')`);
  const known = (type: CelType): CelType => substitute(mapping, type);
  const told = (type: CelType): string => printType(substitute(mapping, type, DYN));
  const newOpen = (): CelType => paramType(`${open++}`);

  function visit(node: ASTNode, scope: Variables): CelType {
    const type = typeIn(node, scope);
    types.set(node, type);
    return type;
  }

  function typeIn(node: ASTNode, scope: Variables): CelType {
    switch (node.op) {
      case 'value':
        return literalType(node.args);
      case 'id':
        if (scope[node.args] === variables[node.args]) free.add(node.args);
        return lookUp(scope, node.args) ?? undeclared(node, node.args);
      case '.': {
        const whole = qualified(node);
        const declared = whole === undefined ? undefined : lookUp(scope, whole);
        return declared ?? fieldType(node, visit(node.args[0], scope), node.args[1]);
      }
      case '.?': {
        const type = fieldType(node, visit(node.args[0], scope), node.args[1]);
        return type.kind === 'optional' || type.kind === 'error' ? type : optionalOf(type);
      }
      case '[]':
      case '[?]':
        return call(node, node.op === '[]' ? '_[_]' : '_[?_]', node.args, scope);
      case 'list':
        return listOf(joined(node.args, scope));
      case 'map':
        return mapOf(
          joined(
            node.args.map(([key]) => key),
            scope,
          ),
          joined(
            node.args.map(([, value]) => value),
            scope,
          ),
        );
      case '!_':
      case '-_':
        return node.op === '-_' && node.args.op === 'value' ? visit(node.args, scope) : call(node, node.op, [node.args], scope);
      case '?:':
        return call(node, '_?_:_', node.args, scope);
      case 'in':
        return call(node, '@in', node.args, scope);
      case 'call':
        return globalCall(node, node.args[0], node.args[1], scope);
      case 'rcall':
        return memberCall(node, node.args, scope);
      default:
        return call(node, `_${node.op}_`, node.args, scope);
    }
  }

  /** One type for all of them. */
  function joined(nodes: readonly ASTNode[], scope: Variables): CelType {
    let type: CelType | undefined;
    for (const node of nodes) {
      const next = visit(node, scope);
      const together = type && assign(mapping, type, next);
      if (!type) type = next;
      else if (together) {
        mapping = together;
        type = mostGeneral(type, next);
      } else if (mixed) type = DYN;
      else type = blame(node, `expected type '${told(type)}' but found '${told(next)}'`);
    }
    return type ?? newOpen();
  }

  function fieldType(node: ASTNode, given: CelType, field: string, at?: number): CelType {
    const type = known(given);
    switch (type.kind) {
      case 'dyn':
      case 'param':
        return DYN;
      case 'error':
        return ERROR;
      case 'map':
        return type.params[1]!;
      case 'object':
        return type.field!(field) ?? blame(node, `undefined field '${field}'`, at);
      case 'optional':
        return optionalOf(fieldType(node, type.params[0]!, field, at));
      default:
        return blame(node, `type '${told(type)}' does not support field selection`, at);
    }
  }

  function globalCall(node: ASTNode, name: string, args: readonly ASTNode[], scope: Variables): CelType {
    if (name !== 'has' || args.length !== 1) return call(node, name, args, scope);
    const [field] = args;
    if (field?.op !== '.') return blame(field!, 'invalid argument to has() macro');
    const type = fieldType(field, visit(field.args[0], scope), field.args[1], placeOf(node));
    types.set(field, type);
    return BOOL;
  }

  function memberCall(node: ASTNode, [name, receiver, args]: readonly [string, ASTNode, ASTNode[]], scope: Variables): CelType {
    const macro = macroOf(node);
    if (macro?.is === 'bind') return visit(macro.body, {...scope, [macro.variable]: visit(macro.value, scope)});
    if (macro) {
      const range = known(visit(macro.range, scope));
      const inner = {...scope, [macro.variable]: itemType(macro.range, range)};
      const [filter, body] = [macro.filter && visit(macro.filter, inner), macro.body && visit(macro.body, inner)];
      const list = listOf(known(body ?? inner[macro.variable]!));
      const outcomes = {
        all: () => resolve(node, '_&&_', [BOOL, filter!]),
        exists: () => resolve(node, '_||_', [BOOL, filter!]),
        exists_one: () => {
          resolve(node, '_?_:_', [filter!, INT, INT]);
          return BOOL;
        },
        filter: () => resolve(node, '_?_:_', [filter!, list, list]),
        map: () => (filter ? resolve(node, '_?_:_', [filter, list, list]) : list),
      } as const satisfies Record<typeof macro.is, () => CelType>;
      return outcomes[macro.is]();
    }
    const prefix = qualified(receiver);
    if (prefix !== undefined && overloadsOf(`${prefix}.${name}`)) return call(node, `${prefix}.${name}`, args, scope);
    return call(node, name, [receiver, ...args], scope, true);
  }

  function itemType(node: ASTNode, range: CelType): CelType {
    if (range.kind === 'list' || range.kind === 'map') return range.params[0]!;
    if (range.kind === 'dyn' || range.kind === 'error' || range.kind === 'param') return DYN;
    return blame(node, `expression of type '${told(range)}' cannot be range of a comprehension (must be list, map, or dynamic)`);
  }

  function call(node: ASTNode, name: string, args: readonly ASTNode[], scope: Variables, member = false): CelType {
    const given = args.map(arg => visit(arg, scope));
    if (!overloadsOf(name)) return undeclared(node, name);
    return resolve(node, name, given, args, member);
  }

  /** The ways to call it that go with the arguments; where these come to several types, it may be any. */
  function resolve(node: ASTNode, name: string, given: readonly CelType[], args: readonly ASTNode[] = [], member = false): CelType {
    const fitting: Overload[] = [];
    let result: CelType | undefined;
    for (const overload of overloadsOf(name) ?? []) {
      if (overload.member !== member) continue;
      const fresh = new Map<string, CelType>();
      const instance = (type: CelType): CelType => substitute(fresh, type);
      for (const letter of lettersOf(overload)) fresh.set(letter, newOpen());
      const together = assignAll(mapping, given, overload.params.map(instance));
      if (!together) continue;
      mapping = together;
      fitting.push(overload);
      const comesTo = known(instance(overload.result));
      result = !result || result.kind === 'dyn' || printType(result) === printType(comesTo) ? (result ?? comesTo) : DYN;
    }
    if (!result) {
      const [target, ...rest] = given.map(told);
      const applied = member ? `${target}.(${rest.join(', ')})` : `(${[target, ...rest].join(', ')})`;
      return blame(node, `found no matching overload for '${name}' applied to '${applied}'`);
    }
    calls.set(node, {name, overloads: fitting, args});
    return result;
  }

  const type = visit(ast, {...TYPE_NAMES, ...variables});
  const typeOf = (node: ASTNode): CelType => substitute(mapping, types.get(node) ?? DYN, DYN);
  const mentions = (name: string): boolean => free.has(name);
  return {ast, type: substitute(mapping, type, DYN), faults, typeOf, callOf: node => calls.get(node), calls: [...calls.values()], mentions};
}

const lookUp = (scope: Variables, name: string): CelType | undefined => (Object.hasOwn(scope, name) ? scope[name] : undefined);

function literalType(value: unknown): CelType {
  switch (typeof value) {
    case 'string':
      return STRING;
    case 'bigint':
      return INT;
    case 'number':
      return DOUBLE;
    case 'boolean':
      return BOOL;
    default:
      return value === null ? NULL : value instanceof Uint8Array ? BYTES : UINT;
  }
}

/** `a.b.c` where it is nothing but names. */
function qualified(node: ASTNode): string | undefined {
  if (node.op === 'id') return node.args;
  const before = node.op === '.' ? qualified(node.args[0]) : undefined;
  return before === undefined ? undefined : `${before}.${(node.args as [ASTNode, string])[1]}`;
}

const letters = new WeakMap<Overload, readonly string[]>();

/** The open types of a signature. */
function lettersOf(overload: Overload): readonly string[] {
  let found = letters.get(overload);
  if (!found) {
    const collect = ({kind, name, params}: CelType): string[] => (kind === 'param' ? [name] : params.flatMap(collect));
    letters.set(overload, (found = [...new Set([...overload.params, overload.result].flatMap(collect))]));
  }
  return found;
}
