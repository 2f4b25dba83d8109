/** Loops over lists and maps, each turn of which has its price. upstream: cel-go interpreter/interpretable.go evalFold, parser/macro.go, ext/comprehensions.go */

import type {Local, Run} from './evaluate.ts';
import {print} from './library/format-text.ts';
import type {Loop} from './macros.ts';
import {CelError, type CelValue, isMap, keysOf, lookUp, noSuchOverload, typeName} from './values.ts';

/** To look at what has been gathered, to add to it, to make a list of one. */
const LOOK = 1;
const ADD = 1;
const LIST_OF_ONE = 10;

/** What the names of a loop stand for, turn by turn. */
interface Turns {
  readonly count: number;
  readonly key: (turn: number) => CelValue;
  readonly item: (turn: number) => CelValue;
  /** What the one name of a loop stands for. */
  readonly single: 'key' | 'item';
}

/** Throws CelError where there is nothing to go through. */
function turnsOf(range: CelValue): Turns {
  if (Array.isArray(range)) return {count: range.length, key: BigInt, item: turn => range[turn], single: 'item'};
  if (!isMap(range)) throw new CelError(`got '${typeName(range)}', expected iterable type`);
  const keys = keysOf(range);
  return {count: keys.length, key: turn => keys[turn], item: turn => lookUp(range, keys[turn])!.value, single: 'key'};
}

/** What a turn may speak of. */
function localsOf({names: [first, second]}: Loop, turns: Turns, turn: number, outer: Local | undefined): Local {
  if (second === undefined) return {name: first, value: turns[turns.single](turn), outer};
  return {name: second, value: turns.item(turn), outer: {name: first, value: turns.key(turn), outer}};
}

export function runLoop(run: Run, loop: Loop, outer: Local | undefined): CelValue {
  const turns = turnsOf(run.evaluate(loop.range, outer));
  const locals = (turn: number): Local => localsOf(loop, turns, turn, outer);
  switch (loop.is) {
    case 'all':
      return quantify(run, loop, turns.count, locals, false);
    case 'exists':
      return quantify(run, loop, turns.count, locals, true);
    case 'exists_one':
      return existsOne(run, loop, turns.count, locals);
    default:
      return gather(run, loop, turns, locals);
  }
}

type LocalsOf = (turn: number) => Local;

/** Until one turn decides; failures before it do not matter then. */
function quantify(run: Run, {filter}: Loop, count: number, locals: LocalsOf, deciding: boolean): boolean {
  const toGoOn = deciding ? 3 : 2;
  let failure: CelError | undefined;
  for (let turn = 0; turn < count; turn++) {
    run.charge(toGoOn + LOOK);
    try {
      if (holds(run.evaluate(filter!, locals(turn))) !== deciding) continue;
      run.charge(turn < count - 1 ? toGoOn + LOOK : LOOK);
      return deciding;
    } catch (error) {
      if (!(error instanceof CelError)) throw error;
      failure ??= error;
    }
  }
  run.charge(LOOK);
  if (failure) throw failure;
  return !deciding;
}

function existsOne(run: Run, {filter}: Loop, turns: number, locals: LocalsOf): boolean {
  let count = 0;
  for (let turn = 0; turn < turns; turn++)
    if (holds(run.evaluate(filter!, locals(turn)))) {
      count++;
      run.charge(ADD + LOOK);
    }
  run.charge(ADD + LOOK);
  return count === 1;
}

function holds(value: CelValue): boolean {
  if (typeof value !== 'boolean') throw noSuchOverload();
  return value;
}

/** Lists, and maps where the loop makes one. */
function gather(run: Run, {is, filter, body}: Loop, {count, key}: Turns, localsOf: LocalsOf): CelValue {
  const list: CelValue[] = [];
  const map = new Map<CelValue, CelValue>();
  const put = (entry: CelValue, value: CelValue): void => {
    if (lookUp(map, entry)) throw new CelError(`insert failed: key ${print(entry)} already exists`);
    map.set(entry, value);
  };
  for (let turn = 0; turn < count; turn++) {
    const locals = localsOf(turn);
    if (filter && !holds(run.evaluate(filter, locals))) continue;
    const value = body ? run.evaluate(body, locals) : locals.value;
    run.charge(ADD + LOOK);
    if (is === 'transformMap') {
      run.charge(LOOK);
      put(key(turn), value);
    } else if (is === 'transformMapEntry') {
      if (!isMap(value)) throw noSuchOverload();
      for (const entry of keysOf(value)) put(entry, lookUp(value, entry)!.value);
    } else {
      run.charge(body ? (run.isConstant(body) ? 0 : LIST_OF_ONE) : LIST_OF_ONE + LOOK);
      list.push(value);
    }
  }
  run.charge(LOOK);
  return is === 'transformMap' || is === 'transformMapEntry' ? map : list;
}
