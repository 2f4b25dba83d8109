/** What all rules of a definition may cost together. upstream: apiextensions-apiserver/pkg/apis/apiextensions/validation TotalCost, getCostErrorMessage */
import {forbiddenField} from '../../../../api/field-errors.ts';
import type {Errors} from '../../fields.ts';

/** In the units of the estimate, roughly 50 ns each. */
const MOST_OF_A_RULE = 10_000_000;
const MOST_IN_ALL = 100_000_000;
/** Only the costliest rules are named, and none that costs less than a hundredth. */
const NAMED = 4;

export interface CostBill {
  /** Whether a single rule may cost as much as it likes: it was let in before. */
  readonly lenient: boolean;
  total: number;
  readonly expensive: {readonly path: string; readonly cost: number}[];
}

export const newBill = (lenient: boolean): CostBill => ({lenient, total: 0, expensive: []});

export function chargeRule(errors: Errors, bill: CostBill, path: string, what: string, cost: number): void {
  if (!bill.lenient && cost > MOST_OF_A_RULE) errors.push(forbiddenField(path, exceeded(what, cost, MOST_OF_A_RULE)));
  bill.total += cost;
  if (cost < MOST_IN_ALL / 100) return;
  bill.expensive.push({path, cost});
  bill.expensive.sort((a, b) => b.cost - a.cost);
  bill.expensive.length = Math.min(bill.expensive.length, NAMED);
}

/** `path`: that of the whole schema. */
export function settleBill(errors: Errors, {total, expensive}: CostBill, path: string): void {
  if (total <= MOST_IN_ALL) return;
  for (const rule of expensive)
    errors.push(forbiddenField(rule.path, 'contributed to estimated rule cost total exceeding cost limit for entire OpenAPIv3 schema'));
  const what = 'x-kubernetes-validations estimated rule cost total for entire OpenAPIv3 schema';
  errors.push(forbiddenField(path, exceeded(what, total, MOST_IN_ALL)));
}

const HINT = '(try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared)';

/** A factor close to one is told to the last digit. */
function exceeded(what: string, cost: number, limit: number): string {
  const factor = cost / limit;
  const times = factor > 100 ? 'more than 100x' : factor < 1.5 ? `${factor.toFixed(6)}x` : `${factor.toFixed(1)}x`;
  return `${what} exceeds budget by factor of ${times} ${HINT}`;
}
