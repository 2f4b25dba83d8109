/** Sizes and costs that are only known from ... to. upstream: cel-go checker/cost.go SizeEstimate, CostEstimate */

export interface Range {
  readonly min: number;
  readonly max: number;
}

/** More than this is told as this. */
const MOST = 2 ** 64;

const capped = (value: number): number => Math.min(value, MOST);

export const UNKNOWN: Range = {min: 0, max: MOST};
export const NONE: Range = {min: 0, max: 0};
export const exactly = (value: number): Range => ({min: value, max: value});
export const plus = (...ranges: readonly Range[]): Range =>
  ranges.reduce((sum, {min, max}) => ({min: capped(sum.min + min), max: capped(sum.max + max)}), NONE);
export const times = (a: Range, b: Range): Range => ({min: capped(a.min * b.min), max: capped(a.max * b.max)});
/** A cost for every so many units, rounded up. */
export const scaled = ({min, max}: Range, factor: number): Range => ({
  min: capped(Math.ceil(min * factor)),
  max: capped(Math.ceil(max * factor)),
});
export const either = (a: Range, b: Range): Range => ({min: Math.min(a.min, b.min), max: Math.max(a.max, b.max)});
/** The product, as a plain number. */
export const product = (a: number, b: number): number => capped(a * b);
