/** Gives every part of an expression its type, and says what does not go together. upstream: cel-go checker/checker.go, errors.go (texts) */
import type {ASTNode} from '@marcbachmann/cel-js';
import {type Overload, overloadsOf} from './functions.ts';
import {type Binding, isLoop, type Loop, macroOf} from './macros.ts';
import {entryOf, isOptional} from './optional-entries.ts';
import {type Fault, placeOf} from './places.ts';
import {
  BOOL,
  BYTES,
  type CelType,
  DOUBLE,
  DURATION,
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
  TIMESTAMP,
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
  /** The type that a part of it is the name of. */
  readonly typeNamed: (node: ASTNode) => string | undefined;
  /** Whether it speaks of a variable. */
  readonly mentions: (variable: string) => boolean;
}

/** Names of types are values too. */
const TYPE_NAMES: Variables = Object.fromEntries([
  ...[BOOL, BYTES, DOUBLE, INT, STRING, UINT, DYN].map(type => [type.name, typeTypeOf(type)] as const),
  ['list', typeTypeOf(listOf(DYN))] as const,
  ['map', typeTypeOf(mapOf(DYN, DYN))] as const,
  ['null_type', typeTypeOf(NULL)] as const,
  ['google.protobuf.Timestamp', typeTypeOf(TIMESTAMP)] as const,
  ['google.protobuf.Duration', typeTypeOf(DURATION)] as const,
  ['optional_type', typeTypeOf(optionalOf(DYN))] as const,
]);

/** `mixed`: whether members of one list or map may be of several types. */
export function check(ast: ASTNode, variables: Variables, {mixed = false} = {}): Checked {
  const faults: Fault[] = [];
  const types = new Map<ASTNode, CelType>();
  const calls = new Map<ASTNode, Call>();
  const free = new Set<string>();
  const typeNames = new Map<ASTNode, string>();
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
        return declaredAs(node, node.args, scope) ?? undeclared(node, node.args);
      case '.': {
        const whole = qualified(node);
        const declared = whole === undefined ? undefined : declaredAs(node, whole, scope);
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
        return listOf(joined(node.args, scope, isOptional));
      case 'map':
        return mapOf(
          joined(
            node.args.map(([key]) => entryOf(key)),
            scope,
          ),
          joined(
            node.args.map(([, value]) => value),
            scope,
            (_, i) => isOptional((node.args[i] as readonly [ASTNode, ASTNode])[0]),
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

  function declaredAs(node: ASTNode, name: string, scope: Variables): CelType | undefined {
    const type = lookUp(scope, name);
    if (type && type === lookUp(TYPE_NAMES, name)) typeNames.set(node, name);
    return type;
  }

  /** One type for all of them; `optional`: whether one is only there where it has a value. */
  function joined(nodes: readonly ASTNode[], scope: Variables, optional: (node: ASTNode, i: number) => boolean = () => false): CelType {
    let type: CelType | undefined;
    for (const [i, node] of nodes.entries()) {
      const given = visit(entryOf(node), scope);
      const next = optional(node, i) ? valueType(node, known(given)) : given;
      const together = type && assign(mapping, type, next);
      if (!type) type = next;
      else if (together) {
        mapping = together;
        type = mostGeneral(type, next);
      } else if (mixed) type = DYN;
      else type = blame(entryOf(node), `expected type '${told(type)}' but found '${told(next)}'`);
    }
    return type ?? newOpen();
  }

  function valueType(node: ASTNode, type: CelType): CelType {
    if (type.kind === 'optional') return type.params[0]!;
    if (type.kind === 'dyn' || type.kind === 'error') return type;
    return blame(entryOf(node), `expected type 'optional_type(${told(type)})' but found '${told(type)}'`);
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
    if (macro) return isLoop(macro) ? loop(node, macro, scope) : binding(node, macro, scope);
    const prefix = qualified(receiver);
    if (prefix !== undefined && overloadsOf(`${prefix}.${name}`)) return call(node, `${prefix}.${name}`, args, scope);
    return call(node, name, [receiver, ...args], scope, true);
  }

  function binding(node: ASTNode, {is, variable, value, body}: Binding, scope: Variables): CelType {
    const bound = visit(value, scope);
    if (is === 'bind') return visit(body, {...scope, [variable]: bound});
    resolve(node, 'hasValue', [bound], [value], true);
    const result = visit(body, {...scope, [variable]: known(resolve(node, 'value', [bound], [value], true))});
    const made = is === 'optMap' ? resolve(node, 'optional.of', [result]) : result;
    const none = resolve(node, 'optional.none', []);
    return resolve(node, '_?_:_', [BOOL, made, none]);
  }

  function loop(node: ASTNode, {is, range: over, names, filter, body}: Loop, scope: Variables): CelType {
    const range = known(visit(over, scope));
    const [first, second] = typesOfTurn(over, range, names.length);
    const inner = {...scope, [names[0]]: first!, ...(names[1] !== undefined && {[names[1]]: second!})};
    const [held, made] = [filter && visit(filter, inner), body && visit(body, inner)];
    const list = listOf(known(made ?? first!));
    const conditional = (type: CelType): CelType => (held ? resolve(node, '_?_:_', [held, type, type]) : type);
    const outcomes = {
      all: () => resolve(node, '_&&_', [BOOL, held!]),
      exists: () => resolve(node, '_||_', [BOOL, held!]),
      exists_one: () => {
        resolve(node, '_?_:_', [held!, INT, INT]);
        return BOOL;
      },
      filter: () => conditional(list),
      map: () => conditional(list),
      transformList: () => conditional(list),
      transformMap: () => conditional(mapOf(first!, known(made!))),
      transformMapEntry: () => {
        const entry = mapOf(newOpen(), newOpen());
        return conditional(known(resolve(node, 'cel.@mapInsert', [entry, made!])));
      },
    } as const satisfies Record<typeof is, () => CelType>;
    return outcomes[is]();
  }

  /** Of one name: items or keys. Of two: indexes and items, keys and values. */
  function typesOfTurn(node: ASTNode, range: CelType, names: number): readonly CelType[] {
    if (range.kind === 'list') return names === 1 ? [range.params[0]!] : [INT, range.params[0]!];
    if (range.kind === 'map') return range.params;
    if (range.kind === 'dyn' || range.kind === 'error' || range.kind === 'param') return [DYN, DYN];
    const wrong = blame(node, `expression of type '${told(range)}' cannot be range of a comprehension (must be list, map, or dynamic)`);
    return [wrong, wrong];
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
  const typeNamed = (node: ASTNode): string | undefined => typeNames.get(node);
  const mentions = (name: string): boolean => free.has(name);
  return {
    ast,
    type: substitute(mapping, type, DYN),
    faults,
    typeOf,
    callOf: node => calls.get(node),
    calls: [...calls.values()],
    typeNamed,
    mentions,
  };
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
