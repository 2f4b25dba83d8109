/** What a call costs beyond nothing, and how large its result is. upstream: apiserver/pkg/cel/library/cost.go EstimateCallCost, cel-go checker/cost.go functionCost */
import type {Overload} from './functions.ts';
import {either, exactly, plus, type Range, scaled, times} from './ranges.ts';
import type {CelType} from './types.ts';

/** Going through a string costs a unit for every ten letters, a pattern one for every four. */
const TRAVERSAL = 0.1;
const PATTERN = 0.25;
const ONE = exactly(1);
const BYTES_OF_ADDRESS: Range = {min: 4, max: 16};

/** What is known of the arguments, by their place; of a member's, the first is what it is called on. */
export interface Sizes {
  type(i: number): CelType;
  literal(i: number): unknown;
  size(i: number): Range;
  /** The size of the items of a list. */
  item(i: number): Range;
  /** Of working it out. */
  cost(i: number): Range;
}

/** `cost` without that of the arguments. */
interface Estimate {
  readonly cost: Range;
  readonly size?: Range;
}

type Estimator = (of: Sizes, overload: Overload, count: number) => Estimate | undefined;

const nominal: Estimator = () => ({cost: ONE});
const traversed: Estimator = of => ({cost: scaled(of.size(0), TRAVERSAL)});
const traversedTo: Estimator = of => ({cost: scaled(of.size(0), TRAVERSAL), size: of.size(0)});

/** An operation with every item of a list, or with every letter. */
const everyItem: Estimator = of => {
  const {kind, params} = of.type(0);
  if (kind !== 'list') return {cost: scaled(of.size(0), TRAVERSAL)};
  const letters = params[0]!.name === 'string' || params[0]!.name === 'bytes';
  return {cost: letters ? times(of.size(0), plus(ONE, scaled(of.item(0), TRAVERSAL))) : of.size(0)};
};

/** Shorter than the shorter one nobody has to look. */
const compared: Estimator = of => {
  const max = Math.min(of.size(0).max, of.size(1).max);
  return {cost: scaled({min: max > 0 ? 1 : 0, max}, TRAVERSAL)};
};
const comparedText: Estimator = (of, overload) => {
  const [left] = overload.params;
  return left!.name === 'string' || left!.name === 'bytes' ? compared(of, overload, 2) : undefined;
};

/** An empty string still costs its pattern. */
const searched: Estimator = of => ({
  cost: times(scaled(plus(of.size(0), ONE), TRAVERSAL), scaled(of.size(1), PATTERN)),
});
const found: Estimator = (of, overload, count) => ({...searched(of, overload, count)!, size: {min: 0, max: of.size(0).max}});

const logical: Estimator = of => ({cost: {min: of.cost(0).min, max: plus(of.cost(0), of.cost(1)).max}});

const addressCompared =
  (more: Range, own: string): Estimator =>
  (of, {params}) => {
    const both = scaled(plus(BYTES_OF_ADDRESS, BYTES_OF_ADDRESS), TRAVERSAL);
    return {cost: plus(both, more, params[1]!.name === own ? scaled(of.size(1), TRAVERSAL) : exactly(0))};
  };

/** The result may be longer by what is put in for what is taken out. */
const replaced: Estimator = of => {
  const [text, out, put] = [of.size(0), of.size(1), of.size(2)];
  const longest =
    out.min === 0 ? (text.max + 1) * put.max + text.max : put.max <= out.min ? text.max : Math.ceil(text.max / out.min) * put.max;
  const shortest =
    out.max === 0 ? (text.min + 1) * put.min + text.min : out.max <= put.min ? text.min : Math.ceil(text.min / out.max) * put.min;
  return {cost: scaled(text, 2 * TRAVERSAL), size: plus({min: shortest, max: longest})};
};

const joinedUp: Estimator = (of, _overload, count) => {
  const items = of.size(0);
  const between = {min: Math.max(items.min - 1, 0), max: Math.max(items.max - 1, 0)};
  const size = plus(times(items, of.item(0)), count > 1 ? times(of.size(1), between) : exactly(0));
  return {cost: scaled(size, TRAVERSAL), size};
};

const added: Estimator = (of, {params}) => {
  const [left] = params;
  const size = plus(of.size(0), of.size(1));
  if (left!.kind === 'list') return {cost: ONE, size};
  return left!.name === 'string' || left!.name === 'bytes' ? {cost: scaled(size, TRAVERSAL), size} : undefined;
};

const ESTIMATORS: Readonly<Record<string, Estimator>> = {
  check: () => ({cost: exactly(350_000)}),
  ...named('serviceAccount path group resource subresource namespace name allowed reason error errored', nominal),
  ...named('isSorted sum max min indexOf lastIndexOf', everyItem),
  ...named('lowerAscii upperAscii substring trim', traversedTo),
  ...named('url', traversed),
  ...named('find findAll', found),
  replace: replaced,
  split: of => ({cost: scaled(of.size(0), 2 * TRAVERSAL), size: {min: 0, max: Number(of.literal(2) ?? of.size(0).max)}}),
  join: joinedUp,
  containsIP: addressCompared(exactly(0), 'string'),
  containsCIDR: addressCompared(plus(scaled(BYTES_OF_ADDRESS, TRAVERSAL), ONE), 'string'),

  '_&&_': logical,
  '_||_': logical,
  '_?_:_': of => ({cost: plus(of.cost(0), either(of.cost(1), of.cost(2))), size: either(of.size(1), of.size(2))}),
  '_+_': added,
  ...named('_==_ _!=_', compared),
  ...named('_<_ _<=_ _>_ _>=_', comparedText),
  '@in': (of, {params}) => (params[1]!.kind === 'list' ? {cost: of.size(1)} : undefined),
  ...named('startsWith endsWith', of => ({cost: scaled(of.size(1), TRAVERSAL)})),
  matches: (of, overload, count) => (overload.member ? searched(of, overload, count) : undefined),
  contains: of => ({cost: times(scaled(of.size(0), TRAVERSAL), scaled(of.size(1), TRAVERSAL))}),
  format: of => ({cost: scaled(of.size(0), TRAVERSAL), size: plus(of.size(0), of.size(1))}),
  'strings.quote': of => ({cost: scaled(of.size(0), TRAVERSAL), size: {min: of.size(0).min + 2, max: of.size(0).max * 2 + 2}}),
  bytes: (of, {params}) =>
    params[0]!.name === 'string' ? {cost: scaled(of.size(0), TRAVERSAL), size: {min: of.size(0).min, max: of.size(0).max * 4}} : undefined,
  string: (of, {params}) =>
    params[0]!.name === 'bytes'
      ? {cost: scaled(of.size(0), TRAVERSAL), size: {min: Math.floor(of.size(0).min / 4), max: of.size(0).max}}
      : undefined,
};

/** Those whose cost holds their arguments' already, for they may not be worked out. */
const WHOLE: ReadonlySet<string> = new Set(['_&&_', '_||_', '_?_:_']);

/** What calling it in this way costs, its arguments included. */
export function callCost(name: string, overload: Overload, count: number, of: Sizes): Estimate {
  const estimate = Object.hasOwn(ESTIMATORS, name) ? ESTIMATORS[name]!(of, overload, count) : undefined;
  if (estimate && WHOLE.has(name)) return estimate;
  const args = plus(...Array.from({length: count}, (_, i) => of.cost(i)));
  return {...estimate, cost: plus(estimate?.cost ?? ONE, args)};
}

function named(names: string, estimator: Estimator): Record<string, Estimator> {
  return Object.fromEntries(names.split(' ').map(name => [name, estimator]));
}
