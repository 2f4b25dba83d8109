/** What evaluating an expression costs at the least and at the most, before there is any object. upstream: cel-go checker/cost.go Cost, apiextensions-apiserver/pkg/apiserver/schema/cel/compilation.go EstimateSize */
import type {ASTNode} from '@marcbachmann/cel-js';
import {callCost, type Sizes} from './call-costs.ts';
import type {Checked} from './check.ts';
import {isObject} from './literals.ts';
import {type Binding, isLoop, type Loop, macroOf} from './macros.ts';
import {entryOf} from './optional-entries.ts';
import {either, exactly, NONE, plus, type Range, times, UNKNOWN} from './ranges.ts';
import type {CelType} from './types.ts';

const CREATE_LIST = exactly(10);
const CREATE_MAP = exactly(30);
const CREATE_OBJECT = exactly(40);
const ONE = exactly(1);

/** How large the members of a list or map are. */
interface Entries {
  readonly is: 'list' | 'map';
  readonly key: Range;
  readonly value: Range;
}

/** A name that a loop or a binding gave. */
interface Local {
  readonly path: readonly string[];
  readonly size: Range | undefined;
  readonly entries: Entries | undefined;
}

const FIXED_SIZE: ReadonlySet<string> = new Set(['bool', 'double', 'duration', 'int', 'timestamp', 'uint']);
const isFixed = ({kind, name, params}: CelType): boolean => (kind === 'optional' ? isFixed(params[0]!) : FIXED_SIZE.has(name));

/** `root`: the type of what every path begins with. */
export function estimateCost({ast, typeOf, callOf}: Checked, root: CelType): Range {
  const paths = new Map<ASTNode, readonly string[]>();
  const sizes = new Map<ASTNode, Range>();
  const entriesOf = new Map<ASTNode, Entries>();
  type Locals = Readonly<Record<string, Local>>;

  const local = (node: ASTNode, locals: Locals): Local | undefined =>
    node.op === 'id' && Object.hasOwn(locals, node.args) ? locals[node.args] : undefined;
  const pathOf = (node: ASTNode, locals: Locals): readonly string[] => local(node, locals)?.path ?? paths.get(node) ?? [];
  const entries = (node: ASTNode, locals: Locals): Entries | undefined => entriesOf.get(node) ?? local(node, locals)?.entries;

  /** What the schema says of the value that a path leads to. */
  function sizeAt(path: readonly string[]): Range | undefined {
    if (path.length === 0) return undefined;
    let type: CelType | undefined = root;
    for (const step of path.slice(1)) {
      if (step === '@items' || step === '@values') type = type.params.at(-1);
      else if (step === '@keys') type = type.kind === 'map' ? type.params[0] : undefined;
      else type = type.field?.(step);
      if (!type) return undefined;
    }
    return {min: 0, max: type.maxElements};
  }

  function sizeOf(node: ASTNode, locals: Locals): Range | undefined {
    const known = sizes.get(node) ?? literalSize(node) ?? sizeAt(pathOf(node, locals));
    if (known) return known;
    return isFixed(typeOf(node)) ? ONE : local(node, locals)?.size;
  }

  function cost(node: ASTNode, locals: Locals): Range {
    switch (node.op) {
      case 'value':
        return NONE;
      case 'id':
        paths.set(node, local(node, locals)?.path ?? [node.args]);
        return ONE;
      case '.': {
        const [operand, field] = node.args;
        const before = cost(operand, locals);
        paths.set(node, [...pathOf(operand, locals), field]);
        return ['map', 'object', 'param'].includes(typeOf(operand).kind) ? plus(before, ONE) : before;
      }
      case '.?':
        return plus(cost(node.args[0], locals), ONE);
      case 'list':
        return literalCost(node, CREATE_LIST, [], node.args.map(entryOf), locals);
      case 'map':
        return literalCost(
          node,
          isObject(node) ? CREATE_OBJECT : CREATE_MAP,
          node.args.map(([key]) => entryOf(key)),
          node.args.map(([, value]) => value),
          locals,
        );
      default:
        return costOfCall(node, locals);
    }
  }

  function literalCost(node: ASTNode, base: Range, keys: readonly ASTNode[], values: readonly ASTNode[], locals: Locals): Range {
    const sum = plus(...[...keys, ...values].map(member => cost(member, locals)), base);
    const span = (members: readonly ASTNode[]): Range =>
      members.length === 0 ? NONE : members.map(member => sizeOf(member, locals) ?? UNKNOWN).reduce(either);
    entriesOf.set(node, {is: node.op === 'list' ? 'list' : 'map', key: node.op === 'list' ? ONE : span(keys), value: span(values)});
    return sum;
  }

  function costOfCall(node: ASTNode, locals: Locals): Range {
    const macro = macroOf(node);
    if (macro) return isLoop(macro) ? costOfLoop(node, macro, locals) : costOfBinding(node, macro, locals);
    // Whether a field is there is looked up for nothing.
    if (node.op === 'call' && node.args[0] === 'has') return cost((node.args[1][0] as {args: [ASTNode, string]}).args[0], locals);
    const call = callOf(node);
    if (!call) return node.op === '-_' ? NONE : ONE;
    const costs = call.args.map(arg => cost(arg, locals));
    if (call.name === 'dyn') {
      copySizes(node, call.args[0]!, locals);
      return plus(ONE, costs[0]!);
    }
    const of: Sizes = {
      type: i => typeOf(call.args[i]!),
      literal: i => (call.args[i]?.op === 'value' ? call.args[i].args : undefined),
      size: i => sizeOf(call.args[i]!, locals) ?? UNKNOWN,
      item: i => sizeAt(withStep(pathOf(call.args[i]!, locals), '@items')) ?? UNKNOWN,
      cost: i => costs[i]!,
    };
    const estimates = call.overloads.map(overload => callCost(call.name, overload, call.args.length, of));
    if (call.name === '_[_]') {
      const [range] = call.args as readonly [ASTNode];
      const is = entries(range, locals)?.is ?? (typeOf(range).kind === 'map' ? 'map' : 'list');
      paths.set(node, [...pathOf(range, locals), is === 'list' ? '@items' : '@values']);
      setSize(node, entries(range, locals)?.value);
    } else
      setSize(
        node,
        estimates.map(({size}) => size).reduce((a, b) => (a && b ? either(a, b) : (a ?? b)), undefined),
      );
    const members = (call.name === '_?_:_' ? call.args.slice(1) : call.name === '_+_' ? call.args : []).map(arg => entries(arg, locals));
    if (members.length === 2 && members[0] && members[1]) entriesOf.set(node, unite(members[0], members[1]));
    return estimates.map(({cost: each}) => each).reduce(either);
  }

  const setSize = (node: ASTNode, size: Range | undefined): void => void (size && sizes.set(node, size));

  function copySizes(to: ASTNode, from: ASTNode, locals: Locals): void {
    setSize(to, sizeOf(from, locals));
    const members = entries(from, locals);
    if (members) entriesOf.set(to, members);
  }

  function costOfBinding(node: ASTNode, {is, variable, value, body}: Binding, locals: Locals): Range {
    const before = cost(value, locals);
    const bound = {path: pathOf(value, locals), size: sizeOf(value, locals), entries: entries(value, locals)};
    const inner = {...locals, [variable]: bound};
    const sum = plus(CREATE_LIST, before, cost(body, inner));
    if (is === 'bind') {
      copySizes(node, body, inner);
      return sum;
    }
    // Whether there is a value is asked first; only then is it taken, and wrapped again.
    const present = plus(sum, ONE, is === 'optMap' ? ONE : NONE);
    return plus(before, ONE, either(present, ONE));
  }

  /** A loop costs what a turn costs, as often as there may be items. */
  function costOfLoop(node: ASTNode, loop: Loop, locals: Locals): Range {
    const {is, range, names} = loop;
    const before = cost(range, locals);
    const members = entries(range, locals);
    const isList = (members?.is ?? typeOf(range).kind) === 'list';
    const member = (step: '@items' | '@keys' | '@values', size: Range | undefined): Local => ({
      path: [...pathOf(range, locals), step],
      size,
      entries: undefined,
    });
    const item = isList ? member('@items', members?.value) : member('@keys', members?.key);
    const index: Local = {path: [], size: ONE, entries: undefined};
    const turn: Locals =
      names[1] === undefined
        ? {[names[0]]: item}
        : {[names[0]]: isList ? index : item, [names[1]]: isList ? item : member('@values', members?.value)};
    const inner = {...locals, ...turn};
    const filter = loop.filter ? cost(loop.filter, inner) : NONE;
    const body = loop.body ? cost(loop.body, inner) : ONE;
    const {init, turn: each, result} = LOOPS[is](filter, body, loop.filter !== undefined);
    const count = sizeOf(range, locals) ?? UNKNOWN;
    if (is === 'all' || is === 'exists' || is === 'exists_one') sizes.set(node, ONE);
    else {
      const size = (loop.body ? sizeOf(loop.body, inner) : (sizeAt(item.path) ?? fixedItem(range) ?? item.size)) ?? UNKNOWN;
      const makesMap = is === 'transformMap' || is === 'transformMapEntry';
      sizes.set(node, count);
      entriesOf.set(node, {is: makesMap ? 'map' : 'list', key: makesMap ? UNKNOWN : ONE, value: either(NONE, size)});
    }
    return plus(before, init, result, times(count, each));
  }

  const fixedItem = (range: ASTNode): Range | undefined => {
    const [item] = typeOf(range).params;
    return item && isFixed(item) ? ONE : undefined;
  };

  return cost(ast, {});
}

const withStep = (path: readonly string[], step: string): readonly string[] => (path.length === 0 ? path : [...path, step]);

const unite = (a: Entries, b: Entries): Entries => ({is: a.is, key: either(a.key, b.key), value: either(a.value, b.value)});

/** What the loops do that macros stand for: before it, in a turn, after it. */
const APPEND = 12;
/** To put a value under a key, and another map into one. */
const INSERT = 3;
const MERGE = 2;

type Price = (filter: Range, body: Range, some: boolean) => {readonly init: Range; readonly turn: Range; readonly result: Range};

/** `more`: what a turn costs beyond the filter and the body. */
const gathers =
  (init: Range, more: number): Price =>
  (filter, body, some) => ({
    init,
    turn: some ? plus(filter, {min: 1, max: more + body.max}) : plus(exactly(more), body),
    result: ONE,
  });

const LOOPS: Readonly<Record<Loop['is'], Price>> = {
  all: filter => ({init: NONE, turn: plus(exactly(2), {min: 1, max: 1 + filter.max}), result: ONE}),
  exists: filter => ({init: NONE, turn: plus(exactly(3), {min: 1, max: 1 + filter.max}), result: ONE}),
  exists_one: filter => ({init: NONE, turn: plus(filter, {min: 1, max: 2}), result: exactly(2)}),
  filter: filter => ({init: CREATE_LIST, turn: plus(filter, {min: 1, max: APPEND + 1}), result: ONE}),
  map: gathers(CREATE_LIST, APPEND),
  transformList: gathers(CREATE_LIST, APPEND),
  transformMap: gathers(CREATE_MAP, INSERT),
  transformMapEntry: gathers(CREATE_MAP, MERGE),
};

/** Characters, bytes and members of what is written out; everything else that is written out is one. */
function literalSize(node: ASTNode): Range | undefined {
  if (node.op === 'list' || node.op === 'map') return exactly(node.args.length);
  if (node.op !== 'value') return undefined;
  if (typeof node.args === 'string') return exactly([...node.args].length);
  return exactly(node.args instanceof Uint8Array ? node.args.length : 1);
}
