/** Quantities. upstream: apiserver/pkg/cel/library/quantity.go */
import {add, cmp, newQuantity, parseQuantity, type Quantity, sign, sub, tryParseQuantity} from '../../../api/quantity.ts';
import {CelError, type CelValue, Opaque} from '../values.ts';
import type {Implementations} from './types.ts';

export class CelQuantity extends Opaque {
  readonly typeName = 'kubernetes.Quantity';
  readonly quantity: Quantity;
  constructor(quantity: Quantity) {
    super();
    this.quantity = quantity;
  }
  equals(other: this): boolean {
    return cmp(this.quantity, other.quantity) === 0;
  }
}

const quantityOf = (value: CelQuantity | bigint): Quantity => (typeof value === 'bigint' ? newQuantity(value) : value.quantity);
const isWhole = ({unscaled, scale}: Quantity): boolean => scale >= 0 || unscaled % 10n ** BigInt(-scale) === 0n;

const Q = 'kubernetes.Quantity';
const compared = (tell: (order: number) => CelValue): Implementations[string] => ({
  [`${Q},${Q}`]: (a: CelQuantity, b: CelQuantity) => tell(cmp(a.quantity, b.quantity)),
});
const combined = (operate: (a: Quantity, b: Quantity) => Quantity): Implementations[string] => {
  const way = (a: CelQuantity, b: CelQuantity | bigint): CelQuantity => new CelQuantity(operate(a.quantity, quantityOf(b)));
  return {[`${Q},${Q}`]: way, [`${Q},int`]: way};
};

function asInteger({quantity}: CelQuantity): bigint {
  if (!isWhole(quantity)) throw new CelError('cannot convert value to integer');
  return BigInt(quantity.value);
}

function read(text: string): CelQuantity {
  try {
    return new CelQuantity(parseQuantity(text));
  } catch (error) {
    throw new CelError((error as Error).message);
  }
}

export const QUANTITIES: Implementations = {
  quantity: {string: read},
  isQuantity: {string: (text: string) => tryParseQuantity(text) !== undefined},
  isGreaterThan: compared(order => order > 0),
  isLessThan: compared(order => order < 0),
  compareTo: compared(BigInt),
  add: combined(add),
  sub: combined(sub),
  sign: {[Q]: ({quantity}: CelQuantity) => BigInt(sign(quantity))},
  isInteger: {[Q]: ({quantity}: CelQuantity) => isWhole(quantity)},
  asInteger: {[Q]: asInteger},
  asApproximateFloat: {[Q]: ({quantity}: CelQuantity) => Number(quantity.unscaled) * 10 ** quantity.scale},
};
