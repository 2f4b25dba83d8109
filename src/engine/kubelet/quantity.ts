/** Numbers out of Kubernetes quantities, as the node needs them: whole units and thousandths, rounded up. */
const suffixes: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

const amount = (quantity: string | number | undefined): number => {
  if (quantity === undefined) return 0;
  const [, number, exponent, suffix] = /^([+-]?[\d.]+)(?:([eE][+-]?\d+)|([numkMGTPE]i?|[KMGTPE]i)?)$/.exec(String(quantity)) ?? [];
  return number === undefined ? 0 : Number(number + (exponent ?? '')) * (suffixes[suffix ?? ''] ?? 1);
};

/** Whole units, rounded up as Quantity.Value does. */
export const quantityValue = (quantity: string | number | undefined): number => Math.ceil(roundOff(amount(quantity)));

/** Thousandths, rounded up as Quantity.MilliValue does. */
export const quantityMilli = (quantity: string | number | undefined): number => Math.ceil(roundOff(amount(quantity) * 1000));

export const quantityIsPositive = (quantity: string | number | undefined): boolean => amount(quantity) > 0;

/** Compares the sums of two lists. */
export const quantityCompare = (a: readonly string[], b: readonly string[]): number => {
  const difference = a.reduce((sum, q) => sum + quantityMilli(q), 0) - b.reduce((sum, q) => sum + quantityMilli(q), 0);
  return Math.sign(difference);
};

/** Takes back what floating point adds to a decimal fraction. */
const roundOff = (value: number): number => Number(value.toPrecision(15));
