/** What expressions may cost together. upstream: apiserver/pkg/apis/cel/config.go, pkg/admission/plugin/cel/activation.go Evaluate */
import {compile} from './program.ts';
import {celError} from './runtime-errors.ts';
import type {CelValue} from './values.ts';

/** Of one custom resource, or of one policy with one binding. */
const RUNTIME_COST = 10_000_000;
/** Of the conditions of one webhook or policy. */
const CONDITIONS_COST = 2_500_000;

export const OUT_OF_BUDGET = 'validation failed due to running out of cost budget, no further validation rules will be run';

export interface Budget {
  /** Whether there was as much left; takes it. */
  spend(units: number): boolean;
  isSpent(): boolean;
  /** Notes what variables cost that are worked out on the way: it is paid with the expression that asked for them. */
  owe(units: number): void;
  /** Takes what is owed. */
  settle(): boolean;
}

export class OutOfBudget extends Error {
  constructor() {
    super(OUT_OF_BUDGET);
  }
}

export function newBudget(units = RUNTIME_COST): Budget {
  let [left, owed] = [units, 0];
  const spend = (cost: number): boolean => {
    if (cost > left) return false;
    left -= cost;
    return true;
  };
  return {
    spend,
    isSpent: () => left <= 0,
    owe: cost => void (owed += cost),
    settle() {
      const due = owed;
      owed = 0;
      return spend(due);
    },
  };
}

export const budgetOfConditions = (): Budget => newBudget(CONDITIONS_COST);

/** What came out, or what went wrong. Throws OutOfBudget. */
export function evaluateWithin(
  budget: Budget,
  expression: string,
  variables: Readonly<Record<string, CelValue>>,
): {value: CelValue} | {error: string} {
  let cost = 0;
  let outcome: {value: CelValue} | {error: string};
  try {
    outcome = {value: compile(expression)(variables, units => void (cost = units))};
  } catch (error) {
    outcome = {error: celError(error)};
  }
  if (!budget.settle() || !budget.spend(cost)) throw new OutOfBudget();
  return outcome;
}
